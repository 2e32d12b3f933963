import type { Dispute } from './dispute.js';
import type { IntentBooking } from './intent-booking.js';
import type { Observation, OperationEvent, OperationRequest, OperationState } from './operation.js';
import type { RateCard } from './rate-card.js';
import type { Refund, RefundFacts } from './refund.js';
import type { RefundStatus } from './refund-machine.js';
import type { WithShortage } from './shortage.js';

/** Stripe's names, plus `unknown`: a call may have charged, so no other may start. */
export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'partially_captured'
  | 'unknown'
  | 'succeeded'
  | 'canceled';

/** `automatic`: one sale. `manual`: an authorisation, and captures of it later. */
export type CaptureMethod = 'automatic' | 'manual';

export interface IntentFacts {
  readonly intentId: string;
  readonly merchantReference: string;
  readonly customerId: string;
  /** Whose sale it is; null for a deposit to the customer's wallet. */
  readonly merchantId: string | null;
  /** What the payer pays in all. */
  readonly amountMinor: bigint;
  /** The part of it that is paid because of instalments. */
  readonly surchargeMinor: bigint;
  readonly currency: string;
  readonly captureMethod: CaptureMethod;
  /** Given at creation, to be confirmed later. */
  readonly instrument: string | null;
  readonly returnUrl: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

export type PaymentIntent =
  | { readonly status: 'absent' }
  | (IntentFacts & {
      readonly status: IntentStatus;
      /** Every call to the provider, in the order in which they were asked for. */
      readonly operations: readonly OperationState[];
      readonly refunds: readonly Refund[];
      readonly disputes: readonly Dispute[];
      readonly bookings: readonly string[];
      /** Attempts that were given up while they waited for their payer; what became of them is asked for. */
      readonly abandoned: readonly string[];
      readonly isCanceled: boolean;
      /** More than one attempt was captured: each is booked, people decide about the refund. */
      readonly capturedTwice: boolean;
    });

export type ExistingIntent = Exclude<PaymentIntent, { readonly status: 'absent' }>;

export type IntentCommand =
  | ({ readonly type: 'CreateIntent'; readonly at: string } & IntentFacts)
  | { readonly type: 'StartAttempt'; readonly operation: OperationRequest }
  | CaptureIntent
  | CancelIntent
  | AbandonAttempt
  | { readonly type: 'ResolveIntent'; readonly by: string; readonly at: string }
  | RequestRefund
  | RecordRefundHold
  | {
      readonly type: 'RetryRefund' | 'ResolveRefund';
      readonly refundId: string;
      readonly by: string;
      readonly at: string;
    }
  | ObserveDispute
  | CollectDebt
  | {
      readonly type: 'RecordRefusedBooking';
      readonly bookingId: string;
      /** Why, in the ledger's words. */
      readonly code: string;
      /** Told once more, because nothing came of it; the ledger has all its account types now. */
      readonly isAgain?: boolean;
      readonly at: string;
    }
  | { readonly type: 'ObserveOperation'; readonly observation: Observation };

/** Why an attempt was given up: somebody asked for it, or its payer's time was over. */
export type AbandonReason = 'requested' | 'canceled' | 'payer_timeout';

/** Gives up the attempt that waits for its payer. The id is used where the provider can end it. */
export interface AbandonAttempt {
  readonly type: 'AbandonAttempt';
  /** Only if it is this one that waits. */
  readonly attempt?: string;
  readonly operationId: string;
  readonly reason: AbandonReason;
  readonly by: string;
  readonly at: string;
}

/** Ends an intent without a charge. One id for each attempt that may have to be ended or released. */
export interface CancelIntent {
  readonly type: 'CancelIntent';
  readonly operationIds: readonly [string, ...string[]];
  readonly by: string;
  readonly at: string;
}

/** Captures a part of what is authorised, or, without an amount, all that is left. */
export interface CaptureIntent {
  readonly type: 'CaptureIntent';
  readonly operationId: string;
  readonly amountMinor: bigint | null;
  readonly rateCard: RateCard;
  readonly at: string;
}

/**
 * Gives captured money back: of the named operation or the first with enough; without an amount, all of it.
 */
export interface RequestRefund {
  readonly type: 'RequestRefund';
  readonly refundId: string;
  readonly operationId: string;
  readonly of: string | null;
  readonly amountMinor: bigint | null;
  readonly reason: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly by: string;
  readonly at: string;
}

export interface RecordRefundHold extends WithShortage {
  readonly type: 'RecordRefundHold';
  readonly refundId: string;
  readonly refusedBecause: string | null;
  readonly at: string;
}

/**
 * What a provider says about a dispute of a captured operation. The new ids are used when it is the first.
 */
export interface ObserveDispute {
  readonly type: 'ObserveDispute';
  readonly disputedOperationId: string;
  readonly disputeId: string;
  /** The provider's own id of the dispute, where it gives one. */
  readonly disputeRef?: string;
  readonly operationId: string;
  readonly amountMinor: bigint;
  readonly observation: Omit<Observation, 'operationId'>;
}

/** Takes what there is of what is owed for a dispute; asked when nothing of it waits for the ledger. */
export interface CollectDebt {
  readonly type: 'CollectDebt';
  readonly operationId: string;
  /** What whoever owes it has now, as the ledger says. */
  readonly availableMinor: bigint;
  readonly at: string;
}

export type IntentEvent =
  | ({ readonly type: 'PaymentIntentCreated'; readonly at: string } & IntentFacts)
  | {
      readonly type: 'AttemptStarted' | 'CaptureStarted' | 'VoidStarted';
      readonly operation: OperationRequest;
      readonly at: string;
    }
  | { readonly type: 'PaymentIntentCanceled'; readonly by: string; readonly at: string }
  | {
      readonly type: 'AttemptAbandoned';
      readonly operationId: string;
      readonly reason: AbandonReason;
      readonly by: string;
      readonly at: string;
    }
  | { readonly type: 'SecondCaptureSeen'; readonly operationId: string; readonly at: string }
  | ({ readonly type: 'RefundRequested'; readonly at: string } & { readonly refund: RefundFacts })
  | {
      readonly type: 'RefundQueued';
      readonly refundId: string;
      readonly operation: OperationRequest;
      readonly at: string;
    }
  | ({
      readonly type: 'RefundRejected';
      readonly refundId: string;
      readonly reason: string;
      readonly at: string;
    } & WithShortage)
  /** A person asked for another try, or for the provider's word, about these operations. */
  | {
      readonly type: 'RetryAsked' | 'LookupAsked';
      readonly operationIds: readonly string[];
      readonly by: string;
      readonly at: string;
    }
  | {
      readonly type: 'DisputeOpened';
      readonly disputeId: string;
      readonly disputeRef?: string;
      readonly isInquiry?: true;
      readonly operation: OperationRequest;
      readonly at: string;
    }
  | {
      readonly type: 'DisputeEvidenceSeen' | 'DisputeUncovered' | 'DisputeEscalated';
      readonly disputeId: string;
      readonly at: string;
    }
  | {
      readonly type: 'DebtMoveRefused';
      readonly disputeId: string;
      readonly bookingId: string;
      /** Why, in the ledger's words. */
      readonly code: string;
      readonly at: string;
    }
  | OperationEvent
  | IntentBooking;

export type IntentRefusal =
  | { readonly code: 'intent-exists' }
  | { readonly code: 'intent-absent' }
  | { readonly code: 'intent-settled'; readonly status: IntentStatus }
  | { readonly code: 'intent-authorized'; readonly status: IntentStatus }
  | { readonly code: 'attempt-in-progress'; readonly operation: string }
  | { readonly code: 'attempt-unknown'; readonly operation: string }
  | { readonly code: 'attempt-abandoned'; readonly operation: string }
  | { readonly code: 'nothing-to-abandon'; readonly status: IntentStatus }
  | { readonly code: 'nothing-to-capture'; readonly status: IntentStatus }
  | { readonly code: 'capture-above-authorized'; readonly capturableMinor: bigint }
  | { readonly code: 'nothing-to-resolve' }
  | { readonly code: 'nothing-to-refund' }
  | { readonly code: 'refund-above-captured'; readonly refundableMinor: bigint }
  | { readonly code: 'refund-spans-captures'; readonly largestMinor: bigint }
  | { readonly code: 'refund-absent' }
  | { readonly code: 'refund-not-reserving'; readonly refundStatus: RefundStatus }
  | { readonly code: 'refund-not-retryable'; readonly refundStatus: RefundStatus }
  | { readonly code: 'refund-not-resolvable'; readonly refundStatus: RefundStatus }
  | { readonly code: 'operation-unknown'; readonly operation: string };
