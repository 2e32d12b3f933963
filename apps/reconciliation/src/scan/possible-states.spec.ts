import { describe, expect, it } from '@jest/globals';
import { judge, statesOf } from './possible-states.js';

const volumes = (input: bigint, output: bigint) => ({ input, output });
const moves = [volumes(100n, 0n), volumes(0n, 30n), volumes(0n, 30n)];

describe('a balance that was read somewhere in a span of events', () => {
  const states = statesOf(volumes(500n, 200n), moves);

  it.each([
    [500n, 200n],
    [600n, 200n],
    [600n, 230n],
    [600n, 260n],
  ])('agrees when it is %s in and %s out: one of the states', (input, output) =>
    expect(judge(volumes(input, output), states)).toBe('agrees'),
  );

  it('is no state when both sides are off by the same: its difference alone would look right', () =>
    expect(judge(volumes(501n, 201n), states)).toBe('moves'));

  it('has drifted for certain only where nothing moved in between', () => {
    expect(judge(volumes(501n, 200n), statesOf(volumes(500n, 200n), []))).toBe('drifts');
    expect(judge(volumes(501n, 200n), states)).toBe('moves');
  });
});
