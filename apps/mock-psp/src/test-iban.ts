/** The bank code of this provider's bank; no real bank has it. */
const bankCode = '00099';

/** The Turkish IBAN of an account number (up to 16 digits) at this provider's bank, with its check digits. */
export function testIban(account: string): string {
  const bban = `${bankCode}0${account.padStart(16, '0')}`;
  // ISO 13616: letters as numbers (T = 29, R = 27), country and 00 at the end, 98 less the rest by 97.
  const check = 98n - (BigInt(`${bban}292700`) % 97n);
  return `TR${check.toString().padStart(2, '0')}${bban}`;
}
