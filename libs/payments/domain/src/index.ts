export {
  type BookingKind,
  type BookingPosting,
  type BookingRequested,
  type HeldBookingKind,
  type IntentBookingKind,
  depositBookingId,
  payoutBookingId,
  lossPostings,
  payoutPostings,
  payoutReference,
  PROVIDER_FEES,
  receivableOf,
  returnPostings,
  walletOf,
} from './booking.js';
export type {
  CheckoutCommand,
  CheckoutEvent,
  CheckoutFacts,
  CheckoutPaymentStatus,
  CheckoutRefusal,
  CheckoutSession,
  CheckoutStatus,
  ExistingCheckout,
} from './checkout.js';
export { type CheckoutDecision, decideCheckout } from './checkout.decider.js';
export { absentCheckout, evolveCheckout } from './checkout.evolve.js';
export { checkoutMachine, type CheckoutTrigger } from './checkout-machine.js';
export { assetOfCurrency } from './currency.js';
export { declineOf, type Decline, declineVocabulary } from './decline.js';
export { isForFunds, owedMinor, pauseMs } from './debt.decider.js';
export type { DebtMove, Dispute } from './dispute.js';
export { disputeOf } from './dispute.decider.js';
export { disputeMachine, type DisputeStatus, type DisputeTrigger } from './dispute-machine.js';
export { isResolvable as isOperationResolvable } from './follow-up.js';
export {
  type BookingPlan,
  debtOf,
  givenBackPostings,
  holdReference,
  type IntentBooking,
  payableOf,
  planOf,
  settlementPostings,
} from './intent-booking.js';
export { barredFromAbandoning, barredFromCanceling, waitingAttempt } from './cancel.decider.js';
export { barredFromAttempt, barredFromCapture, barredFromCharging } from './intent-barred.js';
export { decideIntent, type IntentDecision, resolvableOf } from './intent.decider.js';
export { absentIntent, evolveIntent } from './intent.evolve.js';
export { intentMachine, type IntentTrigger } from './intent-machine.js';
export {
  capturedMinor,
  capturesOf,
  liveAuthorizations,
  openCharges,
  refundableMinor,
  refundedMinor,
  reservedMinor,
  uncollectedMinor,
} from './intent-money.js';
export type {
  AbandonReason,
  CaptureMethod,
  ExistingIntent,
  IntentCommand,
  IntentEvent,
  IntentFacts,
  IntentRefusal,
  IntentStatus,
  PaymentIntent,
  ObserveDispute as ObserveDisputeCommand,
  RequestRefund as RequestRefundCommand,
} from './intent.js';
export { type NextStep, nextStep, type Patience, type Tried } from './look-up-ladder.js';
export { type Machine, step, toMermaid } from './machine.js';
export { observeOperation } from './operation.decider.js';
export { evolveOperation, startOperation } from './operation.evolve.js';
export { operationMachine } from './operation-machine.js';
export {
  isSettled,
  type Observation,
  type ObservationSource,
  type ObservedResult,
  type OperationEvent,
  type OperationKind,
  type OperationRequest,
  type OperationResult,
  type OperationState,
  type QuarantineReason,
} from './operation.js';
export { bookingIdsOf, holdEndOf, isKeyUsed } from './payout-books.js';
export {
  decidePayout,
  isCancelable,
  isResolvable,
  isRetryable,
  type PayoutDecision,
} from './payout.decider.js';
export { absentPayout, evolvePayout } from './payout.evolve.js';
export { barredFromApproving, isHoldable, isReviewable, standingApprovals } from './payout-review.decider.js';
export { approvalsRequiredFor, type PayoutBand } from './payout-policy.js';
export { payoutMachine, type PayoutTrigger } from './payout-machine.js';
export type {
  Approval,
  ExistingPayout,
  GivenApproval,
  HoldEnd,
  Payout,
  PayoutCommand,
  PayoutEvent,
  PayoutFacts,
  PayoutRefusal,
  PayoutStatus,
} from './payout.js';
export { providerFeeMinor, type RateCard } from './rate-card.js';
export { callOf, isRefundResolvable, isRefundRetryable } from './refund.decider.js';
export type { Refund, RefundFacts } from './refund.js';
export { refundMachine, type RefundStatus, type RefundTrigger } from './refund-machine.js';
export {
  type AroundBatch,
  type BatchEvent,
  type BatchRefusal,
  type EndedSettlement,
  feeDifferenceOf,
  type SettledBatch,
  settleBatch,
  unsoundness,
} from './batch-settlement.decider.js';
export {
  barredFromSettling,
  decideSettlement,
  type Settlement,
  type SettlementCommand,
  type SettlementDecisionRefusal,
  type SettlementEvent,
  type SettlementStage,
} from './settlement.decider.js';
export { type Shortage, shortageIn, type WithShortage } from './shortage.js';
export { minus, type Split, splitGross, splitRefund, totalOf, undivided } from './split.js';
export { isTestPaymentMethod } from './test-payment-method.js';
export {
  checkoutEventFrom,
  fromPlain,
  intentFromPlain,
  intentEventFrom,
  payoutEventFrom,
  type StoredEvent,
  toPlain,
  toStored,
} from './stored-event.wire.js';
