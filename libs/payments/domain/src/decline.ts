/** Why a provider said no, in one vocabulary for all of them; the provider's own code is kept beside it. */

export type DeclineCategory = 'issuer' | 'fraud' | 'config' | 'network' | 'customer' | 'compliance';
export type DeclineAdvice =
  'do_not_retry' | 'retry_later' | 'retry_after' | 'new_instrument' | 'stop_recurring';

export interface Decline {
  readonly code: string;
  readonly category: DeclineCategory;
  readonly advice: DeclineAdvice;
  /** The provider's own code. */
  readonly raw: string;
  /** What the provider said in words, where it did. */
  readonly reason?: string;
}

type Meaning = Pick<Decline, 'category' | 'advice'>;

const words = (category: DeclineCategory, advice: DeclineAdvice, ...codes: readonly string[]) =>
  codes.map((code): readonly [string, Meaning] => [code, { category, advice }]);

/**
 * `retry_later`: the same again may work, soon or when the payer has done something. `retry_after`: not
 * before the next day. `stop_recurring`: the payer has withdrawn the consent; every further charge would be
 * one against it.
 */
export const declineVocabulary: ReadonlyMap<string, Meaning> = new Map([
  ...words('issuer', 'retry_later', 'insufficient_funds', 'issuer_unavailable'),
  ...words('issuer', 'retry_after', 'do_not_honor', 'generic_decline', 'withdrawal_limit_exceeded'),
  ...words(
    'issuer',
    'new_instrument',
    'expired_card',
    'incorrect_cvc',
    'incorrect_number',
    'card_not_supported',
  ),
  ...words('issuer', 'new_instrument', 'transaction_not_allowed', 'restricted_card'),
  ...words('fraud', 'do_not_retry', 'lost_card', 'stolen_card', 'pickup_card', 'suspected_fraud'),
  ...words('customer', 'retry_later', 'authentication_required', 'authentication_abandoned'),
  ...words('customer', 'new_instrument', 'authentication_failed', 'account_closed', 'no_account'),
  ...words('customer', 'new_instrument', 'account_name_mismatch'),
  ...words('customer', 'stop_recurring', 'recurring_revoked'),
  ...words('network', 'retry_later', 'processing_error', 'try_again_later', 'bank_unavailable'),
  ...words('network', 'retry_later', 'batch_partly_rejected'),
  ...words('config', 'do_not_retry', 'currency_not_supported', 'merchant_blocked', 'invalid_request'),
  ...words('config', 'do_not_retry', 'authorization_expired'),
  ...words('compliance', 'do_not_retry', 'sanctions_match', 'bank_refused'),
]);

/** Other names of the same: response codes of ISO 8583 (as issuers give them), and words of providers. */
const otherNames: Readonly<Record<string, string>> = {
  ...{ '04': 'pickup_card', '05': 'do_not_honor', '12': 'transaction_not_allowed', '14': 'incorrect_number' },
  ...{ '41': 'lost_card', '43': 'stolen_card', '51': 'insufficient_funds', '54': 'expired_card' },
  ...{ '57': 'transaction_not_allowed', '59': 'suspected_fraud', '61': 'withdrawal_limit_exceeded' },
  ...{ '62': 'restricted_card', '65': 'authentication_required', '82': 'incorrect_cvc' },
  ...{
    '91': 'issuer_unavailable',
    '96': 'processing_error',
    R0: 'recurring_revoked',
    R1: 'recurring_revoked',
  },
  ...{ card_declined: 'generic_decline', fraudulent: 'suspected_fraud', invalid_cvc: 'incorrect_cvc' },
  ...{ issuer_not_available: 'issuer_unavailable', invalid_number: 'incorrect_number' },
  ...{ card_velocity_exceeded: 'withdrawal_limit_exceeded', not_permitted: 'transaction_not_allowed' },
  ...{ stop_payment_order: 'recurring_revoked', revocation_of_authorization: 'recurring_revoked' },
  ...{ invalid_account: 'no_account', service_not_allowed: 'transaction_not_allowed' },
  // MockPSP: the request was wrong, nobody's bank said no.
  ...{ 'scenario-unknown': 'invalid_request', 'scenario-parameter-wrong': 'invalid_request' },
  ...{ 'scenario-conflict': 'invalid_request', 'scenario-not-for-kind': 'invalid_request' },
  ...{ 'instrument-unknown': 'invalid_request', malformed: 'invalid_request' },
};

/**
 * What a provider's code means. One that nobody knows is the issuer's generic no, for which waiting is the
 * advice. An adapter may put what the provider said in words behind the code: `code: words`.
 */
export const declineOf = (said: string): Decline => {
  const end = said.indexOf(': ');
  const raw = end === -1 ? said : said.slice(0, end);
  const told = end === -1 ? { raw } : { raw, reason: said.slice(end + 2) };
  const name = Object.hasOwn(otherNames, raw) ? (otherNames[raw] ?? raw) : raw.toLowerCase();
  const known = declineVocabulary.get(name);
  if (known !== undefined) return { code: name, ...known, ...told };
  return { code: 'generic_decline', category: 'issuer', advice: 'retry_after', ...told };
};
