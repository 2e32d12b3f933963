import type { BookingKind, BookingRequested } from './booking.js';
import type { Observation, OperationEvent, OperationRequest, OperationState } from './operation.js';

/**
 * `reserving`: written down, the ledger is being asked for the hold. `unknown`: the provider may have paid.
 * `returned`: it was paid and came back.
 */
export type PayoutStatus =
  | 'reserving'
  | 'requested'
  | 'in_review'
  | 'on_hold'
  | 'approved'
  | 'queued'
  | 'submitted'
  | 'in_transit'
  | 'unknown'
  | 'paid'
  | 'rejected'
  | 'canceled'
  | 'failed'
  | 'returned';

export interface PayoutFacts {
  readonly payoutId: string;
  readonly customerId: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly provider: string;
  readonly connectionId: string;
  /** Where the money goes: a test IBAN or a stored instrument. */
  readonly destination: string;
  readonly requestedBy: string;
  /** Digest of everything above: what an approver saw is what is paid. */
  readonly payloadHash: string;
  /** How many people must approve; by amount band of the tenant. */
  readonly approvalsRequired: number;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Approval {
  readonly by: string;
  readonly payloadHash: string;
  readonly note: string;
  readonly at: string;
}

export type Payout =
  | { readonly status: 'absent' }
  | (PayoutFacts & {
      readonly status: PayoutStatus;
      readonly approvals: readonly Approval[];
      /** At most one: a payout that failed is asked for again as a new one. */
      readonly operation: OperationState | null;
      /** Taken by a runner that may be talking to the provider. */
      readonly submitted: boolean;
      readonly bookings: readonly BookingKind[];
      readonly refusedBecause: string | null;
    });

export type ExistingPayout = Exclude<Payout, { readonly status: 'absent' }>;

export type PayoutCommand =
  | ({ readonly type: 'ClaimPayout'; readonly at: string } & PayoutFacts)
  | { readonly type: 'RecordHold'; readonly refusedBecause: string | null; readonly at: string }
  | ({
      readonly type: 'ApprovePayout';
      readonly person: boolean;
      readonly operation: OperationRequest;
    } & Approval)
  | { readonly type: 'RejectPayout'; readonly by: string; readonly reason: string; readonly at: string }
  | { readonly type: 'CancelPayout'; readonly by: string; readonly reason: string; readonly at: string }
  | { readonly type: 'SubmitPayout'; readonly operationId: string; readonly at: string }
  | { readonly type: 'RetryPayout'; readonly by: string; readonly at: string }
  | { readonly type: 'ResolvePayout'; readonly by: string; readonly at: string }
  | { readonly type: 'ObserveOperation'; readonly observation: Observation };

export type PayoutEvent =
  | ({ readonly type: 'PayoutClaimed'; readonly at: string } & PayoutFacts)
  | { readonly type: 'PayoutRequested'; readonly at: string }
  | { readonly type: 'PayoutRefused'; readonly reason: string; readonly at: string }
  | { readonly type: 'PayoutReviewStarted'; readonly at: string }
  | ({ readonly type: 'PayoutApprovalGiven' } & Approval)
  | { readonly type: 'PayoutApproved'; readonly at: string }
  | { readonly type: 'PayoutQueued'; readonly operation: OperationRequest; readonly at: string }
  | { readonly type: 'PayoutRejected'; readonly by: string; readonly reason: string; readonly at: string }
  | { readonly type: 'PayoutCanceled'; readonly by: string; readonly reason: string; readonly at: string }
  | { readonly type: 'PayoutSubmitted'; readonly operationId: string; readonly at: string }
  /** The runner's call provably never left; it may be sent again, or canceled. */
  | { readonly type: 'PayoutUnsent'; readonly operationId: string; readonly at: string }
  | { readonly type: 'PayoutRetryAsked'; readonly by: string; readonly at: string }
  | { readonly type: 'PayoutLookupAsked'; readonly by: string; readonly at: string }
  | OperationEvent
  | BookingRequested;

export type PayoutRefusal =
  | { readonly code: 'payout-exists' }
  | { readonly code: 'payout-absent' }
  | { readonly code: 'payout-not-reserving'; readonly payoutStatus: PayoutStatus }
  | { readonly code: 'payout-not-in-review'; readonly payoutStatus: PayoutStatus }
  | { readonly code: 'person-required' }
  | { readonly code: 'approver-is-requester' }
  | { readonly code: 'already-approved-by-you' }
  | { readonly code: 'payout-changed-since-review' }
  | { readonly code: 'payout-not-cancelable'; readonly payoutStatus: PayoutStatus }
  | { readonly code: 'payout-not-submittable'; readonly payoutStatus: PayoutStatus }
  | { readonly code: 'payout-not-retryable'; readonly payoutStatus: PayoutStatus }
  | { readonly code: 'payout-not-resolvable'; readonly payoutStatus: PayoutStatus }
  | { readonly code: 'operation-unknown'; readonly operation: string };
