import type { HeldBookingKind } from './booking.js';
import type { OperationRequest, OperationResult } from './operation.js';
import { step } from './machine.js';
import type { WithShortage } from './shortage.js';
import { refundMachine, type RefundStatus, type RefundTrigger } from './refund-machine.js';

/** What somebody asked to be given back; fixed for ever. Amount, split and parent stand in the operation. */
export interface RefundFacts {
  readonly refundId: string;
  readonly operation: OperationRequest;
  readonly requestedBy: string;
  readonly reason: string | null;
  /** Passed to the provider. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A refund of a captured operation, within its intent. */
export interface Refund extends RefundFacts, WithShortage {
  readonly status: RefundStatus;
  readonly bookings: readonly HeldBookingKind[];
  readonly refusedBecause: string | null;
}

/** Counts against what can be given back: everything but what provably went nowhere, or came back. */
export const isLiveRefund = ({ status }: Refund): boolean =>
  status !== 'failed' && status !== 'rejected' && status !== 'returned';

const triggerOf = {
  sending: null,
  errored: null,
  unknown: 'operation unknown',
  pending: 'operation pending',
  declined: 'operation failed',
  failed: 'operation failed',
  succeeded: 'operation succeeded',
  returned: 'operation returned',
} as const satisfies Record<OperationResult, RefundTrigger | null>;

/** The refund after its operation came to this result. */
export const refundAfter = (refund: Refund, result: OperationResult): Refund => {
  const trigger = triggerOf[result];
  return trigger === null ? refund : { ...refund, status: step(refundMachine, refund.status, trigger) };
};
