import { describe, expect, it } from '@jest/globals';
import {
  add,
  allocate,
  asset,
  compare,
  currencyOf,
  formatMoney,
  isAsset,
  isNegative,
  parseAmount,
  parseMoney,
  scaleOf,
  subtract,
  TRY,
  USD,
} from './index.js';

describe('asset', () => {
  it.each([
    ['TRY/2', 'TRY', 2],
    ['JPY', 'JPY', 0],
    ['BTC/8', 'BTC', 8],
    ['POINT_GOLD/3', 'POINT_GOLD', 3],
  ])('%s is %s with %i decimals', (text, currency, scale) => {
    expect(currencyOf(asset(text))).toBe(currency);
    expect(scaleOf(asset(text))).toBe(scale);
  });

  it.each(['', 'try/2', 'TRY/', 'TRY/-2', 'TRY/2 ', 'TRY/2\n', '2TRY', 'TRY/1234567', 'TRY__X', 'TÜR/2'])(
    '%j is none',
    (text) => {
      expect(isAsset(text)).toBe(false);
      expect(() => asset(text)).toThrow(RangeError);
    },
  );
});

describe('arithmetic', () => {
  it('counts zero as not negative', () =>
    expect([-1n, 0n, 1n].map((amount) => isNegative(TRY(amount)))).toEqual([true, false, false]));

  it('is refused between two assets', () => {
    for (const combine of [add, subtract, compare]) {
      expect(() => combine(TRY(1n), USD(1n))).toThrow('cannot combine TRY/2 with USD/2');
    }
  });
});

describe('allocate', () => {
  it('gives the units left over to the first parts', () =>
    expect(allocate(TRY(100n), [1n, 1n, 1n])).toEqual([TRY(34n), TRY(33n), TRY(33n)]));

  it('passes over a part without a ratio', () =>
    expect(allocate(TRY(5n), [0n, 1n, 1n])).toEqual([TRY(0n), TRY(3n), TRY(2n)]));

  it('splits a negative amount in the same way', () =>
    expect(allocate(TRY(-100n), [1n, 1n, 1n])).toEqual([TRY(-34n), TRY(-33n), TRY(-33n)]));

  it.each([[[]], [[0n, 0n]], [[1n, -1n]]])('refuses the ratios %j', (ratios) =>
    expect(() => allocate(TRY(1n), ratios)).toThrow(RangeError),
  );
});

describe('text', () => {
  it.each([
    [TRY(123_456n), '1234.56 TRY'],
    [TRY(-5n), '-0.05 TRY'],
    [TRY(0n), '0.00 TRY'],
    [{ asset: asset('JPY'), amount: 1000n }, '1000 JPY'],
    [{ asset: asset('BTC/8'), amount: 1n }, '0.00000001 BTC'],
  ])('%p is printed', (value, text) => expect(formatMoney(value)).toBe(text));

  it('fills up missing decimals', () => {
    expect(parseMoney('12', asset('TRY/2'))).toEqual(TRY(1200n));
    expect(parseMoney('-12.5', asset('TRY/2'))).toEqual(TRY(-1250n));
  });

  it.each(['1.234', '1,20', '.5', '5.', '01', '+1', '1e3', ' 1', '', '--1', '١'])(
    'refuses %j as TRY',
    (text) => expect(() => parseMoney(text, asset('TRY/2'))).toThrow(RangeError),
  );

  it('reads an amount far above 2^53 exactly', () =>
    expect(parseAmount('9007199254740993000000000000001')).toBe(9007199254740993000000000000001n));

  it.each(['', '-', '-0', '00', '01', '+1', '1.0', '1e2', '0x10', ' 1', '1\n', '1n', '١'])(
    'refuses %j as an amount',
    (text) => expect(() => parseAmount(text)).toThrow(RangeError),
  );
});
