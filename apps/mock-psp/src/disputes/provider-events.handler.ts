import { Injectable } from '@nestjs/common';
import type { Decision } from '@defter/kernel';
import { Bookkeeper } from '../bookkeeper.js';
import { BookClock } from '../book-clock.js';
import { type Operation, type Step, stepAt } from '../operations/operation.js';
import { Webhooks } from '../webhooks/webhooks.js';
import {
  decideDispute,
  type DisputeCommand,
  type DisputeEvent,
  type DisputeRefusal,
} from './disputes.decider.js';
import { decideReturn, type ReturnedKind, type ReturnRefusal } from './return-payout.decider.js';

type Moved<R> =
  | { readonly accepted: true; readonly operation: Operation; readonly step: Step }
  | { readonly accepted: false; readonly refusal: R };

interface Opening {
  readonly connectionId: string;
  readonly operationId: string;
  readonly amountMinor: bigint | undefined;
  readonly reason: string;
}

/** What happens at the provider without a call: disputes and returned payouts. Durable when it resolves. */
@Injectable()
export class ProviderEvents {
  constructor(
    private readonly bookkeeper: Bookkeeper,
    private readonly webhooks: Webhooks,
    private readonly clock: BookClock,
  ) {}

  openDispute({ operationId: chargeOperationId, ...opening }: Opening): Promise<Moved<DisputeRefusal>> {
    this.bookkeeper.checkRoom();
    return this.dispute({ type: 'OpenDispute', chargeOperationId, ...opening, at: this.clock.now() });
  }

  moveDispute(
    connectionId: string,
    disputeId: string,
    to: 'evidence' | 'won' | 'lost',
  ): Promise<Moved<DisputeRefusal>> {
    return this.dispute({ type: 'MoveDispute', connectionId, disputeId, to, at: this.clock.now() });
  }

  /** The payee's bank sends a payout back, or the payer's a refund. */
  sendBack(connectionId: string, operationId: string, kind: ReturnedKind): Promise<Moved<ReturnRefusal>> {
    const paid = this.bookkeeper.book.find(connectionId, operationId);
    return this.carryOut(decideReturn(paid, kind, this.clock.now()));
  }

  private dispute(command: DisputeCommand): Promise<Moved<DisputeRefusal>> {
    return this.carryOut(decideDispute(command, this.bookkeeper.book));
  }

  private async carryOut<R>(decision: Decision<DisputeEvent, R>): Promise<Moved<R>> {
    if (!decision.accepted) return decision;
    const [event] = decision.events;
    if (event === undefined) throw new Error('a decision without an event');
    const { connectionId, operationId } = 'operation' in event ? event.operation : event;
    const { book } = this.bookkeeper;
    const known = new Set(book.find(connectionId, operationId)?.deliveries.map(({ id }) => id));
    await this.bookkeeper.record(event);
    const operation = book.find(connectionId, operationId);
    if (operation === undefined) throw new Error(`${operationId} has just been recorded`);
    this.webhooks.expect({ deliveries: operation.deliveries.filter(({ id }) => !known.has(id)) });
    return { accepted: true, operation, step: stepAt(operation, this.clock.now()) };
  }
}
