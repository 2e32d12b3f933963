import { accept, type Decision, refuse } from '@defter/kernel';
import type { Book } from '../book/book.js';
import type { BookEvent } from '../book/book-event.wire.js';
import { deliveriesOf } from '../deliveries.js';
import { type DisputeStatus, type Operation, type Step, stepAt } from '../operations/operation.js';
import { plainScenario } from '../scenarios/scenario.js';
import { seededHex } from '../seed.js';

/**
 * A payer's bank takes a payment back: opened → evidence → won | lost (also without evidence). The money is
 * taken when it is opened and comes back when it is won.
 */
export type DisputeCommand =
  | {
      readonly type: 'OpenDispute';
      readonly connectionId: string;
      /** The operation id of the charge or capture. */
      readonly chargeOperationId: string;
      /** All that is left of it, unless told otherwise. */
      readonly amountMinor: bigint | undefined;
      readonly reason: string;
      readonly at: Date;
    }
  | {
      readonly type: 'MoveDispute';
      readonly connectionId: string;
      readonly disputeId: string;
      readonly to: Exclude<DisputeStatus, 'opened'>;
      readonly at: Date;
    };

export type DisputeRefusal =
  | { readonly code: 'charge-not-found' }
  | { readonly code: 'charge-not-succeeded'; readonly status: string }
  | { readonly code: 'dispute-exceeds-charge'; readonly leftMinor: string }
  | { readonly code: 'dispute-not-found' }
  | { readonly code: 'dispute-is-over'; readonly status: string }
  | { readonly code: 'dispute-already-there'; readonly status: string };

export type DisputeEvent = Extract<BookEvent, { readonly type: 'OperationTaken' | 'PlanChanged' }>;

/** Decides on a payer's bank's part. `book` is only read. */
export function decideDispute(command: DisputeCommand, book: Book): Decision<DisputeEvent, DisputeRefusal> {
  switch (command.type) {
    case 'OpenDispute': {
      const { connectionId, chargeOperationId, amountMinor, reason, at } = command;
      const charge = book.find(connectionId, chargeOperationId);
      if (charge === undefined || (charge.kind !== 'charge' && charge.kind !== 'capture'))
        return refuse({ code: 'charge-not-found' });
      const { status } = stepAt(charge, at);
      if (status !== 'succeeded') return refuse({ code: 'charge-not-succeeded', status });
      const left = book.refundableMinor(charge);
      const taken = amountMinor ?? left;
      if (taken <= 0n || taken > left)
        return refuse({ code: 'dispute-exceeds-charge', leftMinor: left.toString() });
      return accept({ type: 'OperationTaken', operation: disputeOf(charge, taken, { reason, at, book }) });
    }
    case 'MoveDispute': {
      const { connectionId, disputeId, to, at } = command;
      const dispute = book.find(connectionId, disputeId);
      if (dispute?.kind !== 'dispute') return refuse({ code: 'dispute-not-found' });
      const { status } = stepAt(dispute, at);
      if (status === 'won' || status === 'lost') return refuse({ code: 'dispute-is-over', status });
      if (status === to) return refuse({ code: 'dispute-already-there', status });
      const steps = [...dispute.steps, { status: to, at: at.toISOString() }];
      const deliveries = told(dispute, steps);
      const named = { connectionId, operationId: disputeId, because: 'dispute-moved' } as const;
      return accept({ type: 'PlanChanged', ...named, at: at.toISOString(), steps, deliveries });
    }
  }
}

function disputeOf(
  charge: Operation,
  amountMinor: bigint,
  { reason, at, book }: { readonly reason: string; readonly at: Date; readonly book: Book },
): Operation {
  const { connectionId, operationId: parentOperationId, providerRef: parent, customer, currency } = charge;
  const count = book.operationsOf(connectionId).filter((each) => each.parent === parent).length;
  // The provider's reference is its id, too: nobody asked for it, so there is no other to look it up by.
  const id = `mp_dp_${seededHex(24, connectionId, parentOperationId, 'dispute', String(count))}`;
  const steps: readonly Step[] = [{ status: 'opened', at: at.toISOString() }];
  const dispute = { kind: 'dispute', connectionId, operationId: id } as const;
  return {
    ...{ ...dispute, providerRef: id, parent, parentOperationId, customer, currency },
    ...{ amountMinor, approvedMinor: amountMinor, feeMinor: 0n, reference: reason, instrument: null },
    ...{ returnUrl: null, challengeId: null, metadata: {}, scenario: 'dispute', takenAt: at.toISOString() },
    ...{ steps, deliveries: told(dispute, steps) },
  };
}

function told(
  { connectionId, operationId }: Pick<Operation, 'connectionId' | 'operationId'>,
  steps: readonly Step[],
): Operation['deliveries'] {
  const travelling = { kind: 'dispute', connectionId, operationId, seed: '', before: [] } as const;
  return deliveriesOf(travelling, plainScenario.webhook, steps);
}
