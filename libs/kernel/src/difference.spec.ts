import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { describeValue, lineDifference } from './difference.js';

describe('describeValue', () => {
  it('tells values apart that look alike', () => {
    const values = [
      1,
      1n,
      '1',
      '1n',
      null,
      undefined,
      'null',
      true,
      'true',
      0,
      -0,
      [],
      {},
      [1],
      new Set([1]),
    ];
    expect(new Set(values.map((value) => describeValue(value))).size).toBe(values.length);
  });

  it('does not see the order of members, nor absent from undefined', () =>
    expect(describeValue({ b: 1, a: undefined, c: [new Date(0)] })).toBe(
      describeValue({ c: [new Date(0)], b: 1 }),
    ));
});

describe('lineDifference', () => {
  const texts = fc.array(fc.constantFrom('a', 'b', 'c')).map((lines) => lines.join('\n'));
  const only = (difference: string, mark: string) =>
    difference
      .split('\n')
      .filter((line) => !line.startsWith(mark))
      .map((line) => line.slice(2))
      .join('\n');

  it('holds both texts in full', () =>
    fc.assert(
      fc.property(texts, texts, (first, second) => {
        const difference = lineDifference(first, second);
        expect(only(difference, '+')).toBe(first);
        expect(only(difference, '-')).toBe(second);
      }),
    ));
});
