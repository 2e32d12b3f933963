import { isIban } from './iban.js';

const MIN_DIGITS = 13;
const MAX_DIGITS = 19;

/**
 * What cards begin with, as their first four digits from and to, and how many digits they then have at least
 * and at most (ISO/IEC 7812; the schemes' own lists). Years, times of any unit and most counters begin
 * otherwise.
 */
const ISSUERS: readonly (readonly [from: number, to: number, fewest: number, most: number])[] = [
  [2200, 2204, 16, 19], // Mir
  [2221, 2720, 16, 16], // Mastercard
  [3000, 3059, 14, 19], // Diners
  [3095, 3095, 14, 19],
  [3400, 3499, 15, 15], // American Express
  [3528, 3589, 16, 19], // JCB
  [3600, 3699, 14, 19],
  [3700, 3799, 15, 15],
  [3800, 3999, 14, 19],
  [4000, 4999, 13, 19], // Visa
  [5000, 5099, 13, 19], // Maestro
  [5100, 5599, 16, 16], // Mastercard
  [5600, 5899, 13, 19], // Maestro
  [6000, 6999, 13, 19], // Maestro, Discover, UnionPay, RuPay
  [8100, 8299, 16, 19], // UnionPay, RuPay
  [9792, 9792, 16, 16], // Troy
];

/** The first look, at every text that comes in: so many digits, beginning as an issuer's. */
const CANDIDATE = /(?<![0-9A-Za-z])[2-689](?:[ -]?[0-9]){12}/;
/** Groups of digits with one space or dash between two; a letter beside digits makes an id of them. */
const DIGIT_GROUPS = /(?<![0-9A-Za-z])[0-9]+(?:[ -][0-9]+)*(?![0-9A-Za-z])/g;
const UUID = /(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z])/gi;
/** As people write it, in groups of four. */
const SPACED_IBAN =
  /(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?: [0-9A-Z]{4}){2,7}(?: [0-9A-Z]{1,3})?(?![0-9A-Za-z])/g;

/**
 * Whether a card number stands in the text: 13 to 19 digits that begin and are as many as an issuer's, and
 * pass their check (Luhn), together or in groups of four and more with single spaces or dashes between.
 * UUIDs and IBANs are not taken for one. About 3 of 100 numbers of 16 random digits are; with a letter
 * directly before or behind it a number never is.
 */
export const holdsCardNumber = (text: string): boolean => {
  if (text.length < MIN_DIGITS || !CANDIDATE.test(text)) return false;
  const rest = text.replaceAll(UUID, '#').replaceAll(SPACED_IBAN, (found) => (isIban(found) ? '#' : found));
  return (rest.match(DIGIT_GROUPS) ?? []).some((run) => holdsCard(run.split(/[ -]/)));
};

/** Any neighbouring groups may be the number: a quantity may stand before it, a year behind it. */
const holdsCard = (groups: readonly string[]): boolean =>
  groups.some((_, from) => {
    let digits = '';
    for (const group of groups.slice(from, from + MAX_DIGITS)) {
      digits += group;
      if (digits.length > MAX_DIGITS) return false;
      if (isCard(digits)) return true;
      if (group.length < 4) return false;
    }
    return false;
  });

const isCard = (digits: string): boolean => {
  if (digits.length < MIN_DIGITS) return false;
  const start = Number.parseInt(digits.slice(0, 4), 10);
  const known = ISSUERS.some(
    ([from, to, fewest, most]) =>
      start >= from && start <= to && digits.length >= fewest && digits.length <= most,
  );
  return known && passesLuhn(digits);
};

const passesLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const weighed = index % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
};
