import type { BookEvent, ReportFault } from './book-event.wire.js';
import { type Delivery, finalStep, type Operation } from '../operations/operation.js';

/** A webhook that hasn't been acknowledged, with what it is about. */
export interface OpenDelivery {
  readonly delivery: Delivery;
  readonly operation: Operation;
}

/** All operations of all connections: the fold of the journal. No clock and no I/O. */
export class Book {
  private readonly byId = new Map<string, Operation>();
  private readonly byProviderRef = new Map<string, Operation>();
  private readonly byConnection = new Map<string, Operation[]>();
  private readonly refunded = new Map<string, bigint>();
  private readonly lostCalls = new Map<string, number>();
  private readonly open = new Map<string, OpenDelivery>();
  private readonly faults: ReportFault[] = [];

  apply(event: BookEvent): void {
    switch (event.type) {
      case 'OperationTaken':
        return this.take(event.operation);
      case 'CallLost': {
        const key = keyOf(event.connectionId, event.operationId);
        return void this.lostCalls.set(key, (this.lostCalls.get(key) ?? 0) + 1);
      }
      case 'WebhookDone':
        return void this.open.delete(event.deliveryId);
      case 'ReportFaultsSet':
        return void this.faults.push(...event.faults);
    }
  }

  find(connectionId: string, operationId: string): Operation | undefined {
    return this.byId.get(keyOf(connectionId, operationId));
  }

  /** The operation of that reference, if it is this connection's. */
  findByProviderRef(connectionId: string, providerRef: string): Operation | undefined {
    const operation = this.byProviderRef.get(providerRef);
    return operation?.connectionId === connectionId ? operation : undefined;
  }

  /** In the order in which they were taken. */
  operationsOf(connectionId: string): readonly Operation[] {
    return this.byConnection.get(connectionId) ?? [];
  }

  connectionIds(): readonly string[] {
    return [...this.byConnection.keys()];
  }

  /** The sum of a charge's refunds that succeeded or will. */
  refundedMinor(charge: Operation): bigint {
    return this.refunded.get(charge.providerRef) ?? 0n;
  }

  /** How many calls for an operation were lost before it was taken. */
  callsLost(connectionId: string, operationId: string): number {
    return this.lostCalls.get(keyOf(connectionId, operationId)) ?? 0;
  }

  openDeliveries(): Iterable<OpenDelivery> {
    return this.open.values();
  }

  isOpen(deliveryId: string): boolean {
    return this.open.has(deliveryId);
  }

  faultsOf(connectionId: string): readonly ReportFault[] {
    return this.faults.filter((fault) => fault.connectionId === connectionId);
  }

  /** Every fault that was ever set, in order. */
  allFaults(): readonly ReportFault[] {
    return this.faults;
  }

  private take(operation: Operation): void {
    const { connectionId, operationId, providerRef, charge, amountMinor } = operation;
    this.byId.set(keyOf(connectionId, operationId), operation);
    this.byProviderRef.set(providerRef, operation);
    const siblings = this.byConnection.get(connectionId);
    if (siblings === undefined) this.byConnection.set(connectionId, [operation]);
    else siblings.push(operation);
    if (charge !== null && finalStep(operation).status === 'succeeded') {
      this.refunded.set(charge, (this.refunded.get(charge) ?? 0n) + amountMinor);
    }
    for (const delivery of operation.deliveries) this.open.set(delivery.id, { delivery, operation });
  }
}

/** Neither id can hold a space. */
function keyOf(connectionId: string, operationId: string): string {
  return `${connectionId} ${operationId}`;
}
