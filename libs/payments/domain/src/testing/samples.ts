import type {
  CheckoutFacts,
  IntentEvent,
  Observation,
  OperationKind,
  OperationRequest,
  PayoutEvent,
  PayoutFacts,
  RateCard,
} from '../index.js';

export const AT = '2026-03-01T10:00:00.000Z';

/** An operation of 10,00 TRY with a fee of 0,25. */
export const operation = (kind: OperationKind, operationId = 'op_1'): OperationRequest => ({
  operationId,
  kind,
  provider: 'mock-psp',
  connectionId: 'c_1',
  amountMinor: 1000n,
  currency: 'TRY',
  feeMinor: kind === 'sale' ? 25n : 0n,
  rateCardVersion: 1,
  instrument: 'tok_visa',
  parentOperationId: null,
  returnUrl: null,
  split: null,
  at: AT,
});

/** A webhook that repeats the right money, unless told otherwise. */
export const seen = (result: Observation['result'], change: Partial<Observation> = {}): Observation => ({
  operationId: 'op_1',
  source: 'webhook',
  result,
  at: AT,
  providerRef: 'ref_1',
  declineCode: null,
  echoed: { amountMinor: 1000n, currency: 'TRY' },
  ...change,
});

export const intentFacts = {
  intentId: 'pi_1',
  merchantReference: 'order-1',
  customerId: '42',
  merchantId: null,
  amountMinor: 1000n,
  surchargeMinor: 0n,
  currency: 'TRY',
  captureMethod: 'automatic',
  instrument: null,
  returnUrl: null,
  metadata: {},
} as const;

export const intentStarted: readonly IntentEvent[] = [
  { type: 'PaymentIntentCreated', ...intentFacts, at: AT },
  { type: 'AttemptStarted', operation: operation('sale'), at: AT },
];

export const payoutFacts: PayoutFacts = {
  payoutId: 'po_1',
  customerId: '42',
  amountMinor: 1000n,
  currency: 'TRY',
  provider: 'mock-psp',
  connectionId: 'c_1',
  destination: 'TR330006100519786457841326',
  requestedBy: 'shop-backend',
  payloadHash: 'hash',
  approvalsRequired: 1,
  metadata: {},
  reviewDeadline: '2026-03-02T10:00:00.000Z',
  slaBreachAt: '2026-03-04T10:00:00.000Z',
};

export const payoutInReview: readonly PayoutEvent[] = [
  { type: 'PayoutClaimed', ...payoutFacts, at: AT },
  { type: 'PayoutRequested', at: AT },
  { type: 'PayoutReviewStarted', at: AT },
];

export const payoutQueued: readonly PayoutEvent[] = [
  ...payoutInReview,
  { type: 'PayoutApprovalGiven', by: 'ayse', role: 'approver', payloadHash: 'hash', note: '', at: AT },
  { type: 'PayoutApproved', at: AT },
  { type: 'PayoutQueued', operation: operation('payout'), at: AT },
];

export const payoutSubmitted: readonly PayoutEvent[] = [
  ...payoutQueued,
  { type: 'PayoutSubmitted', operationId: 'op_1', at: AT },
];

/** 2.5 % provider fee; of a merchant 10 % commission, 20 % VAT on it, 5 % reserve. */
export const rateCard: RateCard = {
  version: 1,
  providerFeeBasisPoints: 250n,
  providerFeeFixedMinor: 0n,
  commissionBasisPoints: 1_000n,
  commissionFixedMinor: 0n,
  vatBasisPoints: 2_000n,
  reserveBasisPoints: 500n,
  refundsCommission: true,
};

export const checkoutFacts: CheckoutFacts = {
  sessionId: 'cs_1',
  merchantReference: 'order-1',
  customerId: '42',
  amountMinor: 1000n,
  currency: 'TRY',
  description: null,
  intentId: 'pi_1',
  connectionId: 'c_1',
  successUrl: 'https://shop.example/thanks',
  cancelUrl: 'https://shop.example/cart',
  expiresAt: '2026-03-01T10:30:00.000Z',
  metadata: {},
};
