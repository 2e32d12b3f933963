import type { BookingRequested } from './booking.js';
import type { Observation, OperationEvent, OperationRequest, OperationState } from './operation.js';

/** Stripe's names, plus `unknown`: an attempt may have charged, so no other may start. */
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

export interface IntentFacts {
  readonly intentId: string;
  readonly merchantReference: string;
  readonly customerId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export type PaymentIntent =
  | { readonly status: 'absent' }
  | (IntentFacts & {
      readonly status: IntentStatus;
      /** One per attempt, in order. */
      readonly operations: readonly OperationState[];
      readonly bookings: readonly string[];
      /** More than one attempt was captured: each is booked, people decide about the refund. */
      readonly capturedTwice: boolean;
    });

export type ExistingIntent = Exclude<PaymentIntent, { readonly status: 'absent' }>;

export type IntentCommand =
  | ({ readonly type: 'CreateIntent'; readonly at: string } & IntentFacts)
  | { readonly type: 'StartAttempt'; readonly operation: OperationRequest }
  | { readonly type: 'CancelIntent'; readonly by: string; readonly at: string }
  | { readonly type: 'ObserveOperation'; readonly observation: Observation };

export type IntentEvent =
  | ({ readonly type: 'PaymentIntentCreated'; readonly at: string } & IntentFacts)
  | { readonly type: 'AttemptStarted'; readonly operation: OperationRequest; readonly at: string }
  | { readonly type: 'PaymentIntentCanceled'; readonly by: string; readonly at: string }
  | { readonly type: 'SecondCaptureSeen'; readonly operationId: string; readonly at: string }
  | OperationEvent
  | BookingRequested;

export type IntentRefusal =
  | { readonly code: 'intent-exists' }
  | { readonly code: 'intent-absent' }
  | { readonly code: 'intent-settled'; readonly status: IntentStatus }
  | { readonly code: 'attempt-in-progress'; readonly operation: string }
  | { readonly code: 'attempt-unknown'; readonly operation: string }
  | { readonly code: 'operation-unknown'; readonly operation: string };
