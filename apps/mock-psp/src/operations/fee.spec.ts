import { describe, expect, it } from '@jest/globals';
import { feeMinor } from './fee.js';

const card = (providerFeeBasisPoints: number, providerFeeFixedMinor = 0n) => ({
  ...{ version: 1, providerFeeBasisPoints, providerFeeFixedMinor },
});

describe('the fee', () => {
  it.each([
    ['half of an even number rounds down', 20n, card(250), 0n],
    ['half of an odd number rounds up', 60n, card(250), 2n],
    ['just above a half rounds up', 21n, card(250), 1n],
    ['the fixed part is added', 10_000n, card(250, 10n), 260n],
    ['it is never more than the amount', 5n, card(250, 10n), 5n],
    ['no digit is lost', 90071992547409931200n, card(250, 10n), 2251799813685248290n],
  ])('%s', (_, amount, rates, expected) => expect(feeMinor(amount, rates)).toBe(expected));
});
