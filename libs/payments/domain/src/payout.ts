import type { BookingKind, BookingRequested } from './booking.js';
import type { Observation, OperationEvent, OperationRequest, OperationState } from './operation.js';
import type { WithShortage } from './shortage.js';

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
  /** Digest of all that an approver decides about, the revision included: what was seen is what is paid. */
  readonly payloadHash: string;
  /** How many people must approve; by amount band of the tenant. */
  readonly approvalsRequired: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** Until when somebody should have decided, and until when it should be paid; past them it is stuck. */
  readonly reviewDeadline: string;
  readonly slaBreachAt: string;
}

export interface Approval {
  readonly by: string;
  /** What the person was then, as the settings say. */
  readonly role: string;
  readonly payloadHash: string;
  readonly note: string;
  readonly at: string;
}

export interface GivenApproval extends Approval {
  /** The revision that was approved. */
  readonly revision: number;
}

/** How a hold ended, or would have. */
export type HoldEnd = 'posted' | 'voided';

/** Something that a person does; `at` is when. */
interface Act {
  readonly by: string;
  readonly at: string;
}

export type Payout =
  | { readonly status: 'absent' }
  | (PayoutFacts & {
      readonly status: PayoutStatus;
      /** Counts from 1; each edit makes the next one, of which `payloadHash` is. */
      readonly revision: number;
      /** Who wrote this revision; at first whoever asked. */
      readonly revisedBy: string;
      /** Who looks at it; anyone who may approve still can. */
      readonly assignee: string | null;
      /** There only while it is `on_hold`. */
      readonly holdReason: string | null;
      /** Those of earlier revisions are void, and kept. */
      readonly approvals: readonly GivenApproval[];
      /** At most one: a payout that failed is asked for again as a new one. */
      readonly operation: OperationState | null;
      /** Taken by a runner that may be talking to the provider. */
      readonly submitted: boolean;
      /** In order; the second one of a kind has `:2` at the end of its id. */
      readonly bookings: readonly BookingKind[];
      /** Ids of those that the ledger refused. */
      readonly refusedBookings: readonly string[];
      /** Somebody else posted or voided the hold: the ledger said so when it refused our booking. */
      readonly holdEndedByOthers: HoldEnd | null;
      readonly refusedBecause: string | null;
    } & WithShortage);

export type ExistingPayout = Exclude<Payout, { readonly status: 'absent' }>;

/** What an edit may change; the hash is of the whole payout with it. */
export interface Revision {
  readonly destination: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly payloadHash: string;
}

export type PayoutCommand =
  | ({ readonly type: 'ClaimPayout'; readonly at: string } & PayoutFacts)
  | ({
      readonly type: 'RecordHold';
      readonly refusedBecause: string | null;
      readonly at: string;
    } & WithShortage)
  | ({
      readonly type: 'ApprovePayout';
      readonly person: boolean;
      readonly operation: OperationRequest;
    } & Approval)
  | ({ readonly type: 'AssignPayout'; readonly assignee: string | null } & Act)
  | ({ readonly type: 'HoldPayout'; readonly reason: string } & Act)
  | ({ readonly type: 'ReleasePayout' } & Act)
  | ({ readonly type: 'RevisePayout'; readonly seenHash: string } & Revision & Act)
  | ({ readonly type: 'RejectPayout'; readonly reason: string } & Act)
  | ({ readonly type: 'CancelPayout'; readonly reason: string } & Act)
  | {
      readonly type: 'RecordRefusedBooking';
      readonly bookingId: string;
      readonly code: string;
      readonly at: string;
    }
  | { readonly type: 'SubmitPayout'; readonly operationId: string; readonly at: string }
  | ({ readonly type: 'RetryPayout' } & Act)
  | ({ readonly type: 'ResolvePayout' } & Act)
  | { readonly type: 'ObserveOperation'; readonly observation: Observation };

export type PayoutEvent =
  | ({ readonly type: 'PayoutClaimed'; readonly at: string } & PayoutFacts)
  | { readonly type: 'PayoutRequested'; readonly at: string }
  | ({ readonly type: 'PayoutRefused'; readonly reason: string; readonly at: string } & WithShortage)
  | { readonly type: 'PayoutReviewStarted'; readonly at: string }
  | ({ readonly type: 'PayoutApprovalGiven' } & Approval)
  | { readonly type: 'PayoutApproved'; readonly at: string }
  | { readonly type: 'PayoutQueued'; readonly operation: OperationRequest; readonly at: string }
  | ({ readonly type: 'PayoutAssigned'; readonly assignee: string | null } & Act)
  | ({ readonly type: 'PayoutHeld'; readonly reason: string } & Act)
  /** Back to where it was held: to the review, or to the queue when it was approved already. */
  | ({ readonly type: 'PayoutReleased' } & Act)
  /** What was approved of earlier revisions is void. */
  | ({ readonly type: 'PayoutRevised'; readonly revision: number } & Revision & Act)
  | ({ readonly type: 'PayoutRejected'; readonly reason: string } & Act)
  | ({ readonly type: 'PayoutCanceled'; readonly reason: string } & Act)
  | { readonly type: 'PayoutSubmitted'; readonly operationId: string; readonly at: string }
  /** The runner's call provably never left; it may be sent again, or canceled. */
  | { readonly type: 'PayoutUnsent'; readonly operationId: string; readonly at: string }
  | ({ readonly type: 'PayoutRetryAsked' } & Act)
  | ({ readonly type: 'PayoutLookupAsked' } & Act)
  /** The ledger refused a booking for ever; `holdEnd` when that is because somebody else ended the hold. */
  | {
      readonly type: 'BookingRefused';
      readonly bookingId: string;
      readonly code: string;
      readonly holdEnd: HoldEnd | null;
      readonly at: string;
    }
  | OperationEvent
  | BookingRequested;

export type PayoutRefusal =
  | { readonly code: 'payout-exists' }
  | { readonly code: 'payout-absent' }
  | { readonly code: 'payout-not-reserving'; readonly payoutStatus: PayoutStatus }
  | { readonly code: 'payout-not-in-review'; readonly payoutStatus: PayoutStatus }
  | { readonly code: 'person-required' }
  | { readonly code: 'approver-is-requester' }
  | { readonly code: 'approver-edited-it' }
  | { readonly code: 'already-approved-by-you' }
  | { readonly code: 'assignee-is-requester' }
  | { readonly code: 'payout-not-holdable'; readonly payoutStatus: PayoutStatus }
  | { readonly code: 'payout-not-on-hold'; readonly payoutStatus: PayoutStatus }
  | { readonly code: 'payout-not-editable'; readonly payoutStatus: PayoutStatus }
  | { readonly code: 'payout-changed-since-review' }
  | { readonly code: 'payout-not-cancelable'; readonly payoutStatus: PayoutStatus }
  | { readonly code: 'payout-not-submittable'; readonly payoutStatus: PayoutStatus }
  | { readonly code: 'payout-not-retryable'; readonly payoutStatus: PayoutStatus }
  | { readonly code: 'payout-not-resolvable'; readonly payoutStatus: PayoutStatus }
  | { readonly code: 'operation-unknown'; readonly operation: string };
