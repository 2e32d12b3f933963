/** A card that the payer chooses instead of typing one: its token is a test card of the mock provider. */
export interface TestCard {
  readonly id: string;
  readonly instrument: string;
  readonly kind: 'succeeds' | 'declined';
}

/** Of each category of declines at least one; the words are those of the mock's vocabulary. */
export const DECLINES = [
  'insufficient_funds',
  'do_not_honor',
  'expired_card',
  'incorrect_cvc',
  'withdrawal_limit_exceeded',
  'card_not_supported',
  'lost_card',
  'suspected_fraud',
  'authentication_failed',
  'issuer_unavailable',
  'processing_error',
  'merchant_blocked',
  'sanctions_match',
] as const;
export type DeclineName = (typeof DECLINES)[number];

export const SUCCESSES = ['instant', 'approve', 'challenge'] as const;
export type SuccessName = (typeof SUCCESSES)[number];

export const TEST_CARDS: readonly TestCard[] = [
  ...SUCCESSES.map((id) => ({ id, instrument: `tok_test_${id}`, kind: 'succeeds' }) as const),
  ...DECLINES.map((id) => ({ id, instrument: `tok_test_decline_${id}`, kind: 'declined' }) as const),
];

export const testCard = (id: string | null): TestCard | undefined =>
  TEST_CARDS.find((card) => card.id === id);
