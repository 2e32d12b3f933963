import type { BookEvent, ReportFault } from './book-event.wire.js';
import { counts, type Delivery, type Operation } from '../operations/operation.js';

/** A webhook that hasn't been acknowledged, with what it is about. */
export interface OpenDelivery {
  readonly delivery: Delivery;
  readonly operation: Operation;
}

/** All operations of all connections: the fold of the journal. No clock and no I/O. */
export class Book {
  private readonly byConnection = new Map<string, Map<string, Operation>>();
  private readonly byProviderRef = new Map<string, Operation>();
  private readonly byChallenge = new Map<string, Operation>();
  private readonly children = new Map<string, string[]>();
  private readonly lostCalls = new Map<string, number>();
  private readonly open = new Map<string, OpenDelivery>();
  private readonly faults: ReportFault[] = [];
  private clock: string | null = null;

  apply(event: BookEvent): void {
    switch (event.type) {
      case 'OperationTaken':
        if (event.reportFault !== undefined) this.faults.push(event.reportFault);
        return this.take(event.operation);
      case 'PlanChanged':
        return this.replan(event);
      case 'CallLost': {
        const key = keyOf(event.connectionId, event.operationId);
        return void this.lostCalls.set(key, (this.lostCalls.get(key) ?? 0) + 1);
      }
      case 'WebhookDone':
        return void this.open.delete(event.deliveryId);
      case 'ReportFaultsSet':
        return void this.faults.push(...event.faults);
      case 'ClockSet':
        return void (this.clock = event.at);
    }
  }

  /** Where the virtual clock was put last; null while the machine's clock counts. */
  get clockAt(): string | null {
    return this.clock;
  }

  get isEmpty(): boolean {
    return this.byConnection.size === 0;
  }

  find(connectionId: string, operationId: string): Operation | undefined {
    return this.byConnection.get(connectionId)?.get(operationId);
  }

  /** The operation of that reference, if it is this connection's. */
  findByProviderRef(connectionId: string, providerRef: string): Operation | undefined {
    const operation = this.byProviderRef.get(providerRef);
    return operation?.connectionId === connectionId ? operation : undefined;
  }

  findByChallenge(challengeId: string): Operation | undefined {
    return this.byChallenge.get(challengeId);
  }

  /** In the order in which they were taken. */
  operationsOf(connectionId: string): readonly Operation[] {
    return [...(this.byConnection.get(connectionId)?.values() ?? [])];
  }

  /** The ids of up to `count` operations that were taken last, the last one first. */
  lastIds(connectionId: string, count: number): readonly string[] {
    if (count <= 0) return [];
    const ids = [...(this.byConnection.get(connectionId)?.keys() ?? [])];
    return ids.slice(-count).reverse();
  }

  connectionIds(): readonly string[] {
    return [...this.byConnection.keys()];
  }

  /** What captures took of an authorization, or will. */
  capturedMinor(authorization: Operation): bigint {
    return sum(this.childrenOf(authorization, 'capture'));
  }

  isVoided(authorization: Operation): boolean {
    return this.childrenOf(authorization, 'void').length > 0;
  }

  /**
   * What is left of a charge, a capture or an authorization's captures: less the refunds that succeeded or
   * will, less what a payer's bank took back and hasn't lost.
   */
  refundableMinor(payment: Operation): bigint {
    const captures = this.childrenOf(payment, 'capture');
    const paid = payment.kind === 'authorize' ? sum(captures) : payment.approvedMinor;
    const taken = [payment, ...captures].flatMap((each) => this.takenBack(each));
    const own = paid - sum(taken);
    const authorization =
      payment.kind === 'capture'
        ? this.findByProviderRef(payment.connectionId, payment.parent ?? '')
        : undefined;
    if (authorization === undefined) return own;
    const left = this.refundableMinor(authorization);
    return left < own ? left : own;
  }

  /** How many calls for an operation were lost before it was taken. */
  callsLost(connectionId: string, operationId: string): number {
    return this.lostCalls.get(keyOf(connectionId, operationId)) ?? 0;
  }

  openDeliveries(): Iterable<OpenDelivery> {
    return this.open.values();
  }

  /** A webhook that is still to be acknowledged. */
  findDelivery(deliveryId: string): OpenDelivery | undefined {
    return this.open.get(deliveryId);
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
    const { connectionId, providerRef, parent } = operation;
    if (!this.byConnection.has(connectionId)) this.byConnection.set(connectionId, new Map());
    if (parent !== null) {
      const siblings = this.children.get(parent);
      if (siblings === undefined) this.children.set(parent, [providerRef]);
      else siblings.push(providerRef);
    }
    this.keep(operation);
    for (const delivery of operation.deliveries) this.open.set(delivery.id, { delivery, operation });
  }

  /** Webhooks that the new plan doesn't have are never sent; those that both have stay as they are. */
  private replan({
    connectionId,
    operationId,
    steps,
    deliveries,
  }: BookEvent & { type: 'PlanChanged' }): void {
    const before = this.find(connectionId, operationId);
    if (before === undefined) throw new Error(`${operationId} has no plan that could change`);
    const operation = { ...before, steps, deliveries };
    this.keep(operation);
    const known = new Set(before.deliveries.map(({ id }) => id));
    const kept = new Set(deliveries.map(({ id }) => id));
    for (const id of known) if (!kept.has(id)) this.open.delete(id);
    for (const delivery of deliveries) {
      if (!known.has(delivery.id)) this.open.set(delivery.id, { delivery, operation });
    }
  }

  private keep(operation: Operation): void {
    const { connectionId, operationId, providerRef, challengeId } = operation;
    this.byConnection.get(connectionId)?.set(operationId, operation);
    this.byProviderRef.set(providerRef, operation);
    if (challengeId !== null) this.byChallenge.set(challengeId, operation);
  }

  private childrenOf(
    { connectionId, providerRef }: Operation,
    kind: Operation['kind'],
  ): readonly Operation[] {
    const found = (this.children.get(providerRef) ?? []).map((ref) =>
      this.findByProviderRef(connectionId, ref),
    );
    return found.filter(
      (child): child is Operation => child !== undefined && child.kind === kind && counts(child),
    );
  }

  private takenBack(payment: Operation): readonly Operation[] {
    return [...this.childrenOf(payment, 'refund'), ...this.childrenOf(payment, 'dispute')];
  }
}

function sum(operations: readonly Operation[]): bigint {
  return operations.reduce((total, { approvedMinor }) => total + approvedMinor, 0n);
}

/** Neither id can hold a space. */
function keyOf(connectionId: string, operationId: string): string {
  return `${connectionId} ${operationId}`;
}
