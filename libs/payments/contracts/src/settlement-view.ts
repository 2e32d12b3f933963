/** Where a settlement stands, as the API says it. */
export const SETTLEMENT_STATUSES = [
  ...(['requested', 'approved'] as const),
  // Those that are not, or no longer, booked.
  ...(['rejected', 'withdrawn', 'refused', 'reverted'] as const),
] as const;
export type SettlementStatus = (typeof SETTLEMENT_STATUSES)[number];

/** What a settlement of the API has; a client's type has the same. */
export const SETTLEMENT_MEMBERS = [
  ...(['id', 'object', 'status', 'connection_id', 'reference', 'amount_minor', 'currency'] as const),
  ...(['payload_hash', 'requested_by', 'approved_by', 'approved_at'] as const),
  ...(['ended_by', 'ended_at', 'end_reason', 'reverted_by_transaction'] as const),
  ...(['reinstated_by_transaction', 'batch', 'fee_difference_minor', 'automatic', 'similar_to'] as const),
  ...(['bookings', 'allowed_actions', 'created_at'] as const),
] as const;
