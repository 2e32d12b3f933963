import { assertNever } from '@defter/kernel';
import { step } from './machine.js';
import { evolveOperation, startOperation } from './operation.evolve.js';
import type { OperationResult } from './operation.js';
import { payoutMachine, type PayoutTrigger } from './payout-machine.js';
import type { ExistingPayout, Payout, PayoutEvent } from './payout.js';

export const absentPayout: Payout = { status: 'absent' };

/** The payout after one event. Never throws, never decides; events of an absent payout change nothing. */
export const evolvePayout = (payout: Payout, event: PayoutEvent): Payout => {
  if (event.type === 'PayoutClaimed') return claimed(event);
  if (payout.status === 'absent') return payout;
  const moved = (trigger: PayoutTrigger) => step(payoutMachine, payout.status, trigger);
  switch (event.type) {
    case 'PayoutRequested':
      return { ...payout, status: moved('hold placed') };
    case 'PayoutRefused':
      return { ...payout, status: moved('hold refused'), refusedBecause: event.reason };
    case 'PayoutReviewStarted':
      return { ...payout, status: moved('review started') };
    case 'PayoutApprovalGiven': {
      const { type: _type, ...approval } = event;
      return { ...payout, approvals: [...payout.approvals, approval] };
    }
    case 'PayoutApproved':
      return { ...payout, status: moved('approved') };
    case 'PayoutQueued':
      return { ...payout, status: moved('queued'), operation: startOperation(event.operation) };
    case 'PayoutRejected':
      return { ...payout, status: moved('rejected'), refusedBecause: event.reason };
    case 'PayoutCanceled':
      return { ...payout, status: moved('canceled'), refusedBecause: event.reason };
    case 'PayoutSubmitted':
      return { ...payout, status: moved('submitted'), submitted: true };
    case 'PayoutUnsent':
      return { ...payout, status: moved('not sent'), submitted: false };
    case 'PayoutRetryAsked':
    case 'PayoutLookupAsked':
      return payout;
    case 'BookingRequested':
      return { ...payout, bookings: [...payout.bookings, event.kind] };
    case 'OperationErrored':
    case 'OperationUnknown':
    case 'OperationPending':
    case 'OperationDeclined':
    case 'OperationFailed':
    case 'OperationSucceeded':
    case 'OperationReturned':
    case 'OperationDetailLearned':
    case 'OperationQuarantined':
      return payout.operation === null ? payout : withOperation(payout, evolveOperation(payout.operation, event));
    default:
      return assertNever(event);
  }
};

const claimed = (event: Extract<PayoutEvent, { type: 'PayoutClaimed' }>): ExistingPayout => {
  const { type: _type, at: _at, ...facts } = event;
  return {
    ...facts,
    status: 'reserving',
    approvals: [],
    operation: null,
    submitted: false,
    bookings: [],
    refusedBecause: null,
  };
};

const withOperation = (
  payout: ExistingPayout,
  operation: NonNullable<ExistingPayout['operation']>,
): ExistingPayout => {
  const trigger = triggerOf[operation.result];
  const status = trigger === null ? payout.status : step(payoutMachine, payout.status, trigger);
  // Whatever was observed beyond `errored` proves that it may have been sent, also when nobody noted the sending.
  return { ...payout, operation, status, submitted: payout.submitted || trigger !== null };
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
