import { expect, it } from '@jest/globals';
import { TokenBuckets } from './token-buckets.js';

const second = 1_000;

it('is empty after its burst, and has one more after the time of one', () => {
  const buckets = new TokenBuckets({ perSecond: 2, burst: 3 });
  for (let count = 0; count < 2; count++) buckets.take('a', 0);
  expect(buckets.isEmpty('a', 0)).toBe(false);
  buckets.take('a', 0);
  expect([buckets.isEmpty('a', 0), buckets.isEmpty('a', 499), buckets.isEmpty('a', 500)]).toEqual([
    true,
    true,
    false,
  ]);
});

it('owes at most one second, however much was taken, and never holds more than its burst', () => {
  const buckets = new TokenBuckets({ perSecond: 2, burst: 3 });
  for (let count = 0; count < 1_000; count++) buckets.take('a', 0);
  expect([buckets.isEmpty('a', 1.25 * second), buckets.isEmpty('a', 1.5 * second)]).toEqual([true, false]);
  for (let count = 0; count < 3; count++) buckets.take('a', 3_600 * second);
  expect(buckets.isEmpty('a', 3_600 * second)).toBe(true);
});

it('knows keys apart, and forgets the one that was not used for longest', () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 1 }, 2);
  for (const key of ['a', 'b', 'a', 'c']) buckets.take(key, 0);
  expect(['a', 'b', 'c'].map((key) => buckets.isEmpty(key, 0))).toEqual([true, false, true]);
  expect(buckets.size).toBe(2);
});

it('takes a clock that goes back for one that stands', () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 1 });
  buckets.take('a', 5 * second);
  expect(buckets.isEmpty('a', 0)).toBe(true);
});
