export interface DeclineCode {
  readonly category: 'issuer' | 'fraud' | 'config' | 'network' | 'customer' | 'compliance';
  /** `retry_after`: not before the next day. */
  readonly advice: 'do_not_retry' | 'retry_later' | 'retry_after' | 'new_instrument' | 'stop_recurring';
}

const codes = (
  category: DeclineCode['category'],
  advice: DeclineCode['advice'],
  ...names: readonly string[]
): (readonly [string, DeclineCode])[] => names.map((name) => [name, { category, advice }]);

/**
 * The reasons for which this provider declines, and what they mean. The last six are a bank's about a
 * transfer.
 */
export const declineCodes: ReadonlyMap<string, DeclineCode> = new Map([
  ...codes('issuer', 'retry_after', 'do_not_honor', 'generic_decline', 'withdrawal_limit_exceeded'),
  ...codes('issuer', 'retry_later', 'insufficient_funds', 'issuer_unavailable'),
  ...codes('issuer', 'new_instrument', 'expired_card', 'incorrect_cvc', 'incorrect_number'),
  ...codes('issuer', 'new_instrument', 'card_not_supported'),
  ...codes('issuer', 'new_instrument', 'transaction_not_allowed', 'restricted_card'),
  ...codes('fraud', 'do_not_retry', 'lost_card', 'stolen_card', 'pickup_card', 'suspected_fraud'),
  ...codes('customer', 'new_instrument', 'authentication_failed'),
  ...codes('customer', 'retry_later', 'authentication_required', 'authentication_abandoned'),
  ...codes('customer', 'stop_recurring', 'recurring_revoked'),
  ...codes('network', 'retry_later', 'processing_error', 'try_again_later'),
  ...codes('config', 'do_not_retry', 'currency_not_supported', 'merchant_blocked'),
  ...codes('compliance', 'do_not_retry', 'sanctions_match'),
  ...codes('customer', 'new_instrument', 'account_closed', 'no_account', 'account_name_mismatch'),
  ...codes('network', 'retry_later', 'bank_unavailable', 'batch_partly_rejected'),
  ...codes('compliance', 'do_not_retry', 'bank_refused'),
]);
