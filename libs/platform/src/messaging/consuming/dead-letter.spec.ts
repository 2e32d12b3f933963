import { describe, expect, it } from '@jest/globals';
import { RECORD_LIMIT_BYTES, sizeOf, type IncomingRecord } from '../messaging.js';
import { toDeadLetter } from './dead-letter.js';

const record = (value: Buffer): IncomingRecord => ({
  topic: 'things.v1',
  partition: 3,
  offset: 12n,
  key: 'k',
  value,
  headers: { ce_id: 'm1', ce_type: 'Thing' },
  timestamp: new Date(0),
});

describe('a dead letter', () => {
  it('is the record as it came, with the reason, the place and for whom it died', () => {
    const letter = toDeadLetter(record(Buffer.from('{"n": 1')), 'payments:things.v1', 'not JSON');
    expect(letter).toMatchObject({
      topic: 'things.v1.dead',
      key: 'k',
      value: Buffer.from('{"n": 1'),
      headers: {
        ce_id: 'm1',
        ce_type: 'Thing',
        dead_reason: 'not JSON',
        dead_consumer: 'payments:things.v1',
        dead_topic: 'things.v1',
        dead_partition: '3',
        dead_offset: '12',
      },
    });
    expect(letter.headers).not.toHaveProperty('dead_truncated');
  });

  it('always fits the broker: a value that no longer fits is cut and says so, one byte less is whole', () => {
    const spare = RECORD_LIMIT_BYTES - sizeOf(toDeadLetter(record(Buffer.alloc(0)), 'c', 'r'));
    const whole = toDeadLetter(record(Buffer.alloc(spare, 'x')), 'c', 'r');
    expect([whole.value.length, whole.headers['dead_truncated']]).toEqual([spare, undefined]);
    const cut = toDeadLetter(record(Buffer.alloc(spare + 1, 'x')), 'c', 'r');
    expect(cut.headers['dead_truncated']).toBe('true');
    expect(sizeOf(cut)).toBeLessThanOrEqual(RECORD_LIMIT_BYTES);
  });

  it('keeps a long reason short', () => {
    expect(toDeadLetter(record(Buffer.alloc(0)), 'c', 'r'.repeat(5_000)).headers['dead_reason']).toHaveLength(
      1_000,
    );
  });
});
