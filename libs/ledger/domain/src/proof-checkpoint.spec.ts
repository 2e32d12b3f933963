import { describe, expect, it } from '@jest/globals';
import { decodeCheckpoint, encodeCheckpoint, originOf } from './proof-checkpoint.js';

describe('a checkpoint', () => {
  const checkpoint = {
    origin: originOf('defter.test', 't one/x', 'main'),
    size: 3,
    root: Buffer.alloc(32, 1),
    sequence: 17,
    head: Buffer.alloc(32, 2),
    previous: 2,
    signedAt: '2026-11-21T06:22:17.154641Z',
  };

  it('is lines of text: origin, size, root, and ours', () => {
    expect(encodeCheckpoint(checkpoint)).toBe(
      `defter.test/t%20one%2Fx/main\n3\n${'AQEB'.repeat(10)}AQE=\nsequence 17\n` +
        `head ${'AgIC'.repeat(10)}AgI=\nprevious 2\n` +
        'time 2026-11-21T06:22:17.154641Z\n',
    );
    expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toEqual(checkpoint);
  });

  it('has one form only', () => {
    const good = encodeCheckpoint(checkpoint);
    const wrongs = [
      good.trimEnd(),
      `${good}\n`,
      good.replace('\n3\n', '\n03\n'),
      good.replace('sequence 17', 'sequence 1e3'),
      good.replace('AQE=\n', 'AQF=\n'),
      good.replace('time ', 'time'),
    ];
    for (const wrong of wrongs) expect(decodeCheckpoint(wrong)).toBeUndefined();
  });
});
