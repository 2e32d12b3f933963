import { describe, expect, it } from '@jest/globals';
import {
  adyenLadder,
  iyzicoLadder,
  type Ladder,
  ownLadder,
  paytrLadder,
  stripeLadder,
  waitOf,
} from './ladder.js';

const minutes = 60_000;
const days = 24 * 60 * minutes;

/** At which ages a provider tries, when nothing is ever accepted. */
const ages = (ladder: Ladder): readonly number[] => {
  const found = [0];
  for (;;) {
    const age = found.at(-1) ?? 0;
    const wait = waitOf(ladder, found.length - 1, age);
    if (wait === undefined) return found;
    found.push(age + wait);
  }
};

describe('a ladder', () => {
  it.each([
    ['own', ownLadder, 30 * days],
    ['Stripe', stripeLadder, 3 * days],
    ['Adyen', adyenLadder, 30 * days],
    ['iyzico', iyzicoLadder, 45 * minutes],
    ['PayTR', paytrLadder, days],
  ])('of %s ends within its window, and not long before', (_, ladder, lastMs) => {
    const last = ages(ladder).at(-1) ?? 0;
    expect(last).toBeLessThanOrEqual(lastMs);
    expect(last).toBeGreaterThan(lastMs - 13 * 60 * minutes);
  });

  it('has the published steps', () => {
    expect(
      ages(adyenLadder)
        .slice(0, 10)
        .map((age) => age / minutes),
    ).toEqual([...[0, 2, 7, 17, 32, 62, 122, 242, 482, 962]]);
    expect(ages(iyzicoLadder).map((age) => age / minutes)).toEqual([0, 15, 30, 45]);
  });

  it('our own is short while somebody waits, and has an end that can be walked through', () => {
    expect(ages(ownLadder).filter((age) => age < 10 * minutes).length).toBeGreaterThan(120);
    expect(ages(ownLadder).length).toBeLessThan(1_000);
  });
});
