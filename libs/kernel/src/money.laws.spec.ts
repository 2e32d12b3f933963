import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  add,
  allocate,
  asset,
  compare,
  currencyOf,
  formatMoney,
  isNegative,
  money,
  parseAmount,
  parseMoney,
  scaleOf,
  subtract,
  type Asset,
  type Money,
} from './index.js';

const LARGE = 10n ** 78n;
const amounts = fc.bigInt({ min: -LARGE, max: LARGE });
const assets = fc.constantFrom('TRY/2', 'JPY', 'BTC/8', 'POINT_GOLD/0', 'X/40').map(asset);
const amountOf = (of: Asset) => amounts.map((amount) => money(of, amount));
const pairs = assets.chain((of) => fc.tuple(amountOf(of), amountOf(of)));
const moneys = assets.chain(amountOf);
const ratios = fc
  .array(fc.bigInt({ min: 0n, max: 10n ** 30n }), { minLength: 1, maxLength: 12 })
  .filter((list) => list.some((ratio) => ratio > 0n));
const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);

describe('sums', () => {
  it('subtracting what was added gives the same money', () =>
    fc.assert(fc.property(pairs, ([a, b]) => expect(subtract(add(a, b), b)).toEqual(a))));

  it('do not depend on the order', () =>
    fc.assert(fc.property(pairs, ([a, b]) => expect(add(a, b)).toEqual(add(b, a)))));

  it('agree with the comparison', () =>
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        expect(compare(a, b) < 0).toBe(isNegative(subtract(a, b)));
        expect(compare(a, b) + compare(b, a)).toBe(0);
      }),
    ));
});

describe('allocation', () => {
  const sum = (parts: readonly Money[]) => parts.reduce((total, { amount }) => total + amount, 0n);

  it('sums to the whole', () =>
    fc.assert(
      fc.property(moneys, ratios, (whole, by) => expect(sum(allocate(whole, by))).toBe(whole.amount)),
    ));

  it('gives each part its exact share, or less than one unit more or less', () =>
    fc.assert(
      fc.property(moneys, ratios, (whole, by) => {
        const total = by.reduce((all, ratio) => all + ratio, 0n);
        allocate(whole, by).forEach(({ amount }, index) => {
          const exactTimesTotal = whole.amount * (by[index] ?? 0n);
          expect(magnitude(amount * total - exactTimesTotal) < total).toBe(true);
        });
      }),
    ));

  it('gives a part without a ratio nothing', () =>
    fc.assert(
      fc.property(moneys, ratios, (whole, by) => {
        const parts = allocate(whole, [0n, ...by, 0n]);
        expect([parts[0]?.amount, parts.at(-1)?.amount]).toEqual([0n, 0n]);
      }),
    ));

  it('splits a negative amount as its opposite', () =>
    fc.assert(
      fc.property(moneys, ratios, (whole, by) => {
        const negated = allocate(money(whole.asset, -whole.amount), by);
        expect(negated.map(({ amount }) => -amount)).toEqual(allocate(whole, by).map(({ amount }) => amount));
      }),
    ));
});

describe('text', () => {
  it('printed money reads back as the same money, of any size', () =>
    fc.assert(
      fc.property(moneys, (value) => {
        const [digits = '', currency] = formatMoney(value).split(' ');
        expect(parseMoney(digits, value.asset)).toEqual(value);
        expect(currency).toBe(currencyOf(value.asset));
        expect(digits.split('.')[1]?.length ?? 0).toBe(scaleOf(value.asset));
      }),
    ));

  it('a written amount reads back as the same amount', () =>
    fc.assert(fc.property(amounts, (amount) => expect(parseAmount(amount.toString())).toBe(amount))));

  it('of an amount is read only in the form in which it is written', () =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789-+ .eExn_\n') }), (text) => {
        let parsed: bigint;
        try {
          parsed = parseAmount(text);
        } catch {
          return;
        }
        expect(parsed.toString()).toBe(text);
      }),
    ));
});
