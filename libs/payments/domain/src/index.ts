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
export {
  bookingsFor,
  decidePayout,
  isCancelable,
  isResolvable,
  isRetryable,
  type PayoutDecision,
} from './payout.decider.js';
export { absentPayout, evolvePayout } from './payout.evolve.js';
export { payoutMachine, type PayoutTrigger } from './payout-machine.js';
export type {
  Approval,
  ExistingPayout,
  Payout,
  PayoutCommand,
  PayoutEvent,
  PayoutFacts,
  PayoutRefusal,
  PayoutStatus,
} from './payout.js';
export { providerFeeMinor, type RateCard } from './rate-card.js';
export {
  fromPlain,
  intentEventFrom,
  payoutEventFrom,
  type StoredEvent,
  toPlain,
  toStored,
} from './stored-event.wire.js';
