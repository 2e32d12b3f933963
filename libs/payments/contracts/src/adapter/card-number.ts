/** Digits that cards begin with (ISO/IEC 7812: Mastercard, Amex, Visa, Discover and kin; Troy is 9792). */
const CARD = /(?<![0-9A-Za-z])(?:[2-6]|9[ -]?7[ -]?9[ -]?2)(?:[ -]?[0-9]){9,18}(?![0-9A-Za-z])/g;

/**
 * Thirteen to nineteen digits that begin as cards do and pass their check (Luhn), with or without spaces or
 * dashes. Times in milliseconds, for one, begin otherwise.
 */
export const holdsCardNumber = (text: string): boolean =>
  (text.match(CARD) ?? []).some((found) => hasCardLength(found) && passesLuhn(found));

const hasCardLength = (candidate: string): boolean => {
  const { length } = candidate.replaceAll(/[ -]/g, '');
  return length >= 13 && length <= 19;
};

const passesLuhn = (candidate: string): boolean => {
  const digits = [...candidate.replaceAll(/[ -]/g, '')].reverse().map((digit) => digit.charCodeAt(0) - 48);
  const sum = digits.reduce((total, digit, index) => {
    const weighed = index % 2 === 0 ? digit : digit * 2;
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return sum % 10 === 0;
};
