/** How many characters an IBAN has, by country (SWIFT's IBAN registry): those that people here meet. */
const LENGTHS: Readonly<Record<string, number>> = {
  ...{ AD: 24, AE: 23, AL: 28, AT: 20, AZ: 28, BA: 20, BE: 16, BG: 22, BH: 22, BR: 29, BY: 28, CH: 21 },
  ...{ CY: 28, CZ: 24, DE: 22, DK: 18, EE: 20, EG: 29, ES: 24, FI: 18, FO: 18, FR: 27, GB: 22, GE: 22 },
  ...{ GI: 23, GL: 18, GR: 27, HR: 21, HU: 28, IE: 22, IL: 23, IQ: 23, IS: 26, IT: 27, JO: 30, KW: 30 },
  ...{ KZ: 20, LB: 28, LI: 21, LT: 20, LU: 20, LV: 21, MC: 27, MD: 24, ME: 22, MK: 19, MT: 31, NL: 18 },
  ...{ NO: 15, PK: 24, PL: 28, PS: 29, PT: 25, QA: 29, RO: 24, RS: 22, SA: 24, SE: 24, SI: 19, SK: 24 },
  ...{ SM: 27, TN: 24, TR: 26, UA: 29, VA: 22, XK: 20 },
};
const FORM = /^[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}$/;

/** What is wrong with an IBAN, for the one who wrote it. */
export type IbanFault =
  | { readonly fault: 'form' }
  | { readonly fault: 'length'; readonly country: string; readonly length: number; readonly expected: number }
  | { readonly fault: 'check-digits' };

/** Without the spaces that people write, and in capitals. */
export const compactIban = (text: string): string => text.replaceAll(' ', '').toUpperCase();

/**
 * What is wrong with an IBAN, spaces and small letters allowed; undefined when nothing is: its form, its
 * country's length where we know it, and its check digits (ISO 13616, mod 97 of ISO/IEC 7064). Whether the
 * account exists only its bank can say.
 */
export const ibanFault = (text: string): IbanFault | undefined => {
  const iban = compactIban(text);
  if (!FORM.test(iban)) return { fault: 'form' };
  const country = iban.slice(0, 2);
  const { length } = iban;
  const expected = LENGTHS[country];
  if (expected !== undefined && expected !== length) return { fault: 'length', country, length, expected };
  return remainder(iban) === 1 ? undefined : { fault: 'check-digits' };
};

export const isIban = (text: string): boolean => ibanFault(text) === undefined;

/** Country and check digits behind the rest, letters as 10 to 35, modulo 97, digit by digit. */
const remainder = (iban: string): number => {
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    for (const digit of Number.parseInt(character, 36).toString()) {
      rest = (rest * 10 + digit.charCodeAt(0) - 48) % 97;
    }
  }
  return rest;
};
