import { type Operation, type OperationStatus } from '../operations/operation.js';
import { businessDateOf } from '../business-date.js';

/** What moves money here. */
export type MovementKind = Exclude<Operation['kind'], 'authorize' | 'void'>;

/**
 * One movement of money, as the file tells it. A payout that came back has two: out (`succeeded`) and back
 * (`returned`); so has a dispute that was won.
 */
export interface SettlementLine {
  readonly operationId: string;
  readonly providerRef: string;
  readonly kind: MovementKind;
  readonly grossMinor: bigint;
  readonly feeMinor: bigint;
  readonly currency: string;
  readonly status: 'succeeded' | 'returned';
  readonly occurredAt: string;
}

const moves: Readonly<Partial<Record<OperationStatus, SettlementLine['status']>>> = {
  ...{ succeeded: 'succeeded', opened: 'succeeded' },
  ...{ returned: 'returned', won: 'returned' },
};

/** The movements of an operation up to an instant, in order. */
export function movementsOf(operation: Operation, now: Date): readonly SettlementLine[] {
  const { operationId, providerRef, kind, approvedMinor, feeMinor, currency, steps } = operation;
  if (kind === 'authorize' || kind === 'void') return [];
  const instant = now.toISOString();
  return steps.flatMap((step) => {
    const status = moves[step.status];
    if (status === undefined || step.at > instant) return [];
    const money = { grossMinor: approvedMinor, feeMinor, currency };
    return [{ operationId, providerRef, kind, ...money, status, occurredAt: step.at }];
  });
}

export function businessOn({ occurredAt }: SettlementLine): string {
  return businessDateOf(occurredAt);
}

/**
 * What the line does to the merchant's balance here: charges and what came back add, refunds, payouts and
 * disputes take; the fee is taken.
 */
export function netMinor({ kind, status, grossMinor, feeMinor }: SettlementLine): bigint {
  const isIncoming = kind === 'charge' || kind === 'capture' || status === 'returned';
  return (isIncoming ? grossMinor : -grossMinor) - feeMinor;
}

/** By time, then by operation: the order in the file. */
export function inOrder(left: SettlementLine, right: SettlementLine): number {
  if (left.occurredAt !== right.occurredAt) return left.occurredAt < right.occurredAt ? -1 : 1;
  if (left.operationId === right.operationId) return 0;
  return left.operationId < right.operationId ? -1 : 1;
}
