/** How much a difference can hurt. */
export type Severity = 'LOW' | 'MED' | 'HIGH';

/** What a person does next: try again, look closer, or call the provider or a colleague. */
export type Action = 'retry' | 'manual_review' | 'escalate';

/**
 * Each type's risk before size and age are looked at, and its next action. Exhaustive: a new type needs its
 * row.
 */
export const findingTypes = {
  missing_in_ledger: { base: 'HIGH', action: 'escalate' },
  missing_at_psp: { base: 'HIGH', action: 'escalate' },
  amount_mismatch: { base: 'MED', action: 'manual_review' },
  currency_mismatch: { base: 'HIGH', action: 'escalate' },
  status_mismatch: { base: 'HIGH', action: 'manual_review' },
  duplicate_charge: { base: 'HIGH', action: 'escalate' },
  duplicate_settlement_line: { base: 'MED', action: 'manual_review' },
  fee_mismatch: { base: 'MED', action: 'manual_review' },
  fx_mismatch: { base: 'MED', action: 'manual_review' },
  late_settlement: { base: 'LOW', action: 'retry' },
  payout_returned: { base: 'HIGH', action: 'manual_review' },
  payout_stuck: { base: 'MED', action: 'retry' },
  unknown_operation_aged: { base: 'HIGH', action: 'escalate' },
  bank_deposit_unmatched: { base: 'MED', action: 'manual_review' },
  batch_sum_mismatch: { base: 'HIGH', action: 'escalate' },
  wallet_ledger_drift: { base: 'HIGH', action: 'escalate' },
  report_missing: { base: 'LOW', action: 'retry' },
  report_reissued: { base: 'MED', action: 'manual_review' },
  orphan_event: { base: 'MED', action: 'manual_review' },
  conflicting_event: { base: 'HIGH', action: 'escalate' },
  unsettled_reserve: { base: 'LOW', action: 'manual_review' },
} as const satisfies Record<string, { base: Severity; action: Action }>;

export type FindingType = keyof typeof findingTypes;

/** Whether a text names a finding type; for filters that come from outside. */
export const isFindingType = (text: string): text is FindingType => Object.hasOwn(findingTypes, text);
