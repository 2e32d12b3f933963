export {
  type BookingKind,
  type BookingPosting,
  type BookingRequested,
  depositBookingId,
  depositPostings,
  payoutBookingId,
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
export { decideIntent, type IntentDecision } from './intent.decider.js';
export { absentIntent, evolveIntent } from './intent.evolve.js';
export { intentMachine, type IntentTrigger } from './intent-machine.js';
export type {
  ExistingIntent,
  IntentCommand,
  IntentEvent,
  IntentFacts,
  IntentRefusal,
  IntentStatus,
  PaymentIntent,
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
export { bookingIdsOf, holdEndOf } from './payout-books.js';
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
export { isTestPaymentMethod } from './test-payment-method.js';
export {
  checkoutEventFrom,
  fromPlain,
  intentEventFrom,
  payoutEventFrom,
  type StoredEvent,
  toPlain,
  toStored,
} from './stored-event.wire.js';
