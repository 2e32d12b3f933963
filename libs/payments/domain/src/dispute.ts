import type { HeldBookingKind } from './booking.js';
import { type DisputeStatus, disputeMachine, type DisputeTrigger } from './dispute-machine.js';
import { step } from './machine.js';
import type { OperationResult } from './operation.js';

/** Money that moved between whoever was paid and their debt; above 0 it was taken, below 0 given back. */
export interface DebtMove {
  readonly bookingId: string;
  readonly amountMinor: bigint;
  readonly isRefused: boolean;
  /** Why the ledger refused it. */
  readonly refusal?: string;
}

/**
 * A payer's bank asks the money of a captured operation back, all or a part. Its `chargeback` operation is
 * never sent by us, only observed; amount and parent stand there.
 */
export interface Dispute {
  readonly disputeId: string;
  /** The provider's own id of it, where one was given. */
  readonly disputeRef?: string;
  readonly operationId: string;
  readonly hasEvidence: boolean;
  /** So far the bank only asks: no money moves, and the payment may be given back. */
  readonly isInquiry?: boolean;
  /** The ledger had no funds to hold: lost, whoever was paid is asked again, then they owe it. */
  readonly isUncovered: boolean;
  readonly status: DisputeStatus;
  readonly bookings: readonly HeldBookingKind[];
  /** What was taken for the debt, or given back of it, in the order in which it was asked for. */
  readonly debtMoves?: readonly DebtMove[];
}

const triggerOf = {
  sending: null,
  errored: null,
  unknown: null,
  pending: null,
  declined: 'provider says won',
  failed: 'provider says won',
  succeeded: 'provider says lost',
  returned: 'provider gave it back',
} as const satisfies Record<OperationResult, DisputeTrigger | null>;

/** The dispute after its operation came to this result. */
export const disputeAfter = (dispute: Dispute, result: OperationResult): Dispute =>
  moved(dispute, triggerOf[result]);

/** The dispute once the provider told that evidence is looked at. */
export const withEvidence = (dispute: Dispute): Dispute =>
  moved({ ...dispute, hasEvidence: true }, 'evidence under review');

/** The dispute once the bank asks the money back, and doesn't only ask. */
export const escalated = ({ isInquiry: _, ...dispute }: Dispute): Dispute =>
  moved(dispute, 'money asked back');

const moved = (dispute: Dispute, trigger: DisputeTrigger | null): Dispute =>
  trigger === null ? dispute : { ...dispute, status: step(disputeMachine, dispute.status, trigger) };
