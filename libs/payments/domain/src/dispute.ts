import type { HeldBookingKind } from './booking.js';
import { type DisputeStatus, disputeMachine, type DisputeTrigger } from './dispute-machine.js';
import { step } from './machine.js';
import type { OperationResult } from './operation.js';

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
  /** The ledger had no funds to hold: lost, whoever was paid is asked again, then the loss is ours. */
  readonly isUncovered: boolean;
  readonly status: DisputeStatus;
  readonly bookings: readonly HeldBookingKind[];
}

const triggerOf = {
  sending: null,
  errored: null,
  unknown: null,
  pending: null,
  declined: 'provider says won',
  failed: 'provider says won',
  succeeded: 'provider says lost',
  returned: null,
} as const satisfies Record<OperationResult, DisputeTrigger | null>;

/** The dispute after its operation came to this result. */
export const disputeAfter = (dispute: Dispute, result: OperationResult): Dispute =>
  moved(dispute, triggerOf[result]);

/** The dispute once the provider told that evidence is looked at. */
export const withEvidence = (dispute: Dispute): Dispute =>
  moved({ ...dispute, hasEvidence: true }, 'evidence under review');

const moved = (dispute: Dispute, trigger: DisputeTrigger | null): Dispute =>
  trigger === null ? dispute : { ...dispute, status: step(disputeMachine, dispute.status, trigger) };
