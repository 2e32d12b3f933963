import { expect, it } from '@jest/globals';
import { beforeReady } from './status.js';

const supervisor = { pid: 1, startTime: 'x' } as never;

it('tells a start that failed from none', () => {
  expect(beforeReady(undefined)).toBe('Nothing has run here yet. Start it: ./defter up');
  expect(beforeReady({ supervisor, failed: 'payments did not get ready' })).toMatch(
    /^The last start failed: payments did not get ready\. .*\.\/defter logs .*\.\/defter up$/,
  );
  expect(beforeReady({ supervisor })).toMatch(/ended while it started/);
});
