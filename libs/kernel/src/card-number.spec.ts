import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { holdsCardNumber } from './index.js';

/** Test numbers that the schemes and providers publish. */
const CARDS = [
  ...['4242424242424242', '4222222222222', '4000000000000000006', '5555555555554444', '2223003122003222'],
  ...['378282246310005', '341111111111111', '30569309025904', '38520000023237', '3530111333300000'],
  ...['6011111111111117', '6200000000000005', '6304000000000000', '9792030394440796', '2200000000000004'],
  ...['8171999927660000', '5018000000000009'],
];

describe('a card number', () => {
  it.each(CARDS)('%s is one', (card) => expect(holdsCardNumber(card)).toBe(true));

  it.each([
    '4242 4242 4242 4242',
    '5528-7900-0000-0008',
    '3782 822463 10005',
    'a 378282246310005 b',
    'users:4242424242424242',
    'users_4242424242424242',
    '2 4242424242424242',
    'paid with 4242 4242 4242 4242 12 27',
    '{"pan":"4242424242424242"}',
    'https://shop.example/?card=4242424242424242',
  ])('stands in %s', (text) => expect(holdsCardNumber(text)).toBe(true));

  it.each([
    ['one digit off', '4242424242424241'],
    ['too short', '424242424242'],
    ['too long', '42424242424242424242'],
    ['an issuer with another length', '37828224631000'],
    ['a letter before it', 'order4242424242424242'],
    ['a letter behind it', '4242424242424242x'],
    ['a time in milliseconds that passes Luhn', '1700000000004'],
    ['a time in microseconds that passes Luhn', '1700000000000003'],
    ['a date with a counter that passes Luhn', '2026112700000003'],
    ['digits one by one', '4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2'],
    ['two spaces between', '4242  4242  4242  4242'],
    ['a telephone number', '+90 532 123 45 67'],
    ['an IBAN', 'TR330006100519786457841326'],
    ['an IBAN in groups that holds the digits of a card', 'PK88 SCBL 4242 4242 4242 4242'],
    ['a UUID that holds the digits of a card', '42424242-4242-4242-8242-424242424242'],
    ['a hash', `${'a'.repeat(48)}4242424242424242`],
    ['nothing', ''],
  ])('%s is none: %s', (_, text) => expect(holdsCardNumber(text)).toBe(false));

  it('is found wherever it stands among other words', () =>
    fc.assert(
      fc.property(fc.constantFrom(...CARDS), fc.string(), fc.string(), (card, before, after) =>
        expect(holdsCardNumber(`${before};${card};${after}`)).toBe(true),
      ),
    ));

  it('no random UUID is one', () =>
    fc.assert(fc.property(fc.uuid(), (uuid) => expect(holdsCardNumber(`pay ${uuid}`)).toBe(false))));

  it('about 3 of 100 random numbers of 16 digits are taken for one, as documented', () => {
    let taken = 0;
    let state = 12_345n;
    for (let index = 0; index < 20_000; index++) {
      state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % 2n ** 64n;
      if (holdsCardNumber((state % 10n ** 16n).toString().padStart(16, '0'))) taken += 1;
    }
    expect([taken > 400, taken < 800]).toEqual([true, true]);
  });

  it('is looked for in time that grows with the text only', () => {
    const started = performance.now();
    expect(holdsCardNumber('4111 '.repeat(100_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
