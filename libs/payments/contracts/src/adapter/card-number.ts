/**
 * Thirteen to nineteen digits that pass the check of card numbers (Luhn), with or without spaces or
 * dashes.
 */
export const holdsCardNumber = (text: string): boolean =>
  (text.match(/(?<![0-9A-Za-z])[0-9](?:[ -]?[0-9]){12,18}(?![0-9A-Za-z])/g) ?? []).some(passesLuhn);

const passesLuhn = (candidate: string): boolean => {
  const digits = [...candidate.replaceAll(/[ -]/g, '')].reverse().map((digit) => digit.charCodeAt(0) - 48);
  const sum = digits.reduce((total, digit, index) => {
    const weighed = index % 2 === 0 ? digit : digit * 2;
    return total + (weighed > 9 ? weighed - 9 : weighed);
  }, 0);
  return sum % 10 === 0;
};
