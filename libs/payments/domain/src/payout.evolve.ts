import { step } from './machine.js';
import { evolveOperation, startOperation } from './operation.evolve.js';
import type { OperationEvent, OperationResult, OperationState } from './operation.js';
import { payoutMachine, type PayoutTrigger } from './payout-machine.js';
import type { ExistingPayout, Payout, PayoutEvent } from './payout.js';
import { shortageIn } from './shortage.js';

export const absentPayout: Payout = { status: 'absent' };

/** The payout after one event. Never throws, never decides; events of an absent payout change nothing. */
export const evolvePayout = (payout: Payout, event: PayoutEvent): Payout => {
  if (event.type === 'PayoutClaimed') return claimed(event);
  return payout.status === 'absent' ? payout : changed(payout, event);
};

type Change = Exclude<PayoutEvent, { type: 'PayoutClaimed' }>;
type Changes = {
  readonly [T in Change['type']]: (
    payout: ExistingPayout,
    event: Extract<Change, { type: T }>,
  ) => ExistingPayout;
};

/** The table lacks an entry for an event: it doesn't compile. */
const changed = <T extends Change['type']>(payout: ExistingPayout, event: Extract<Change, { type: T }>) => {
  const change = changes[event.type as T] as (before: ExistingPayout, after: typeof event) => ExistingPayout;
  return change(payout, event);
};

/** Where the trigger leads; why it is on hold is known only while it is. */
const at = (
  { status: before, holdReason }: ExistingPayout,
  trigger: PayoutTrigger,
): Pick<ExistingPayout, 'status' | 'holdReason'> => {
  const status = step(payoutMachine, before, trigger);
  return { status, holdReason: status === 'on_hold' ? holdReason : null };
};

const moved =
  (trigger: PayoutTrigger) =>
  (payout: ExistingPayout): ExistingPayout => ({
    ...payout,
    ...at(payout, trigger),
  });

/** What was approved before it was held need not be approved again. */
const releaseOf = ({ operation }: ExistingPayout): PayoutTrigger =>
  operation === null ? 'released to review' : 'released to queue';

const ended =
  (trigger: PayoutTrigger) =>
  (payout: ExistingPayout, { reason }: { readonly reason: string }): ExistingPayout => ({
    ...moved(trigger)(payout),
    refusedBecause: reason,
  });

const same = (payout: ExistingPayout): ExistingPayout => payout;

const observed = (payout: ExistingPayout, event: OperationEvent): ExistingPayout =>
  payout.operation === null ? payout : withOperation(payout, evolveOperation(payout.operation, event));

const changes: Changes = {
  PayoutRequested: moved('hold placed'),
  PayoutRefused: (payout, event) => ({ ...ended('hold refused')(payout, event), ...shortageIn(event) }),
  PayoutReviewStarted: moved('review started'),
  PayoutAssigned: (payout, { assignee }) => ({ ...payout, assignee }),
  PayoutApprovalGiven: (payout, { type: _, ...approval }) => ({
    ...payout,
    approvals: [...payout.approvals, { ...approval, revision: payout.revision }],
  }),
  PayoutHeld: (payout, { reason }) => ({ ...moved('held')(payout), holdReason: reason }),
  PayoutReleased: (payout) => moved(releaseOf(payout))(payout),
  PayoutRevised: (payout, { by: revisedBy, revision, destination, metadata, payloadHash }) => ({
    ...payout,
    ...{ revisedBy, revision, destination, metadata, payloadHash },
  }),
  PayoutApproved: moved('approved'),
  PayoutQueued: (payout, { operation }) => ({
    ...moved('queued')(payout),
    operation: startOperation(operation),
  }),
  PayoutRejected: ended('rejected'),
  PayoutCanceled: ended('canceled'),
  PayoutSubmitted: (payout) => ({ ...moved('submitted')(payout), submitted: true }),
  PayoutUnsent: (payout) => ({ ...moved('not sent')(payout), submitted: false }),
  PayoutRetryAsked: same,
  PayoutLookupAsked: same,
  BookingRefused: (payout, { bookingId, holdEnd }) => ({
    ...payout,
    refusedBookings: [...payout.refusedBookings, bookingId],
    holdEndedByOthers: holdEnd ?? payout.holdEndedByOthers,
  }),
  BookingRequested: (payout, { kind }) => ({ ...payout, bookings: [...payout.bookings, kind] }),
  OperationErrored: observed,
  OperationUnknown: observed,
  OperationPending: observed,
  OperationDeclined: observed,
  OperationFailed: observed,
  OperationSucceeded: observed,
  OperationReturned: observed,
  OperationDetailLearned: observed,
  OperationQuarantined: observed,
};

const claimed = (event: Extract<PayoutEvent, { type: 'PayoutClaimed' }>): ExistingPayout => {
  const { type: _type, at: _at, ...facts } = event;
  return {
    ...facts,
    status: 'reserving',
    revision: 1,
    revisedBy: facts.requestedBy,
    assignee: null,
    holdReason: null,
    approvals: [],
    operation: null,
    submitted: false,
    bookings: [],
    refusedBookings: [],
    holdEndedByOthers: null,
    refusedBecause: null,
  };
};

const withOperation = (payout: ExistingPayout, operation: OperationState): ExistingPayout => {
  const trigger = triggerOf[operation.result];
  const reached = trigger === null ? {} : at(payout, trigger);
  // Whatever was observed beyond `errored` proves that it may have been sent, also when nobody noted the
  // sending.
  return { ...payout, ...reached, operation, submitted: payout.submitted || trigger !== null };
};

const triggerOf = {
  sending: null,
  errored: null,
  unknown: 'operation unknown',
  pending: 'operation pending',
  declined: 'operation failed',
  failed: 'operation failed',
  succeeded: 'operation succeeded',
  returned: 'operation returned',
} as const satisfies Record<OperationResult, PayoutTrigger | null>;
