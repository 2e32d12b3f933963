/** IBANs that standards, banks and providers publish as examples: none of them is anybody's account. */
const EXAMPLE_IBANS: ReadonlySet<string> = new Set([
  'TR330006100519786457841326',
  'DE89370400440532013000',
  'GB82WEST12345698765432',
  'GB33BUKB20201555555555',
  'FR1420041010050500013M02606',
  'NL91ABNA0417164300',
  'ES9121000418450200051332',
  'IT60X0542811101000000123456',
  'AT611904300234573201',
  'BE68539007547034',
]);

/** Accounts at the mock's bank, each of which plays a scenario; no bank has its code. */
const MOCK_IBAN = /^TR[0-9]{2}000990/;

/**
 * Names of cards rather than of a card: `tok_visa`, `pm_card_visa`. Tokens of real cards begin with a digit.
 */
const TEST_CARD = /^(?:tok|pm_card)_[a-z]/i;

/** Whether it is a card or an account that exists for tests only. */
export const isTestPaymentMethod = (instrument: string): boolean => {
  const compact = instrument.replaceAll(' ', '').toUpperCase();
  return TEST_CARD.test(instrument) || EXAMPLE_IBANS.has(compact) || MOCK_IBAN.test(compact);
};
