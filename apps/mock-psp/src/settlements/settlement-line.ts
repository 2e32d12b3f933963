import type { Operation, OperationKind } from '../operations/operation.js';
import { businessDateOf } from './business-date.js';

/**
 * One movement of money, as the file tells it. A payout that came back has two: out (`succeeded`) and back
 * (`returned`).
 */
export interface SettlementLine {
  readonly operationId: string;
  readonly providerRef: string;
  readonly kind: OperationKind;
  readonly grossMinor: bigint;
  readonly feeMinor: bigint;
  readonly currency: string;
  readonly status: 'succeeded' | 'returned';
  readonly occurredAt: string;
}

/** The movements of an operation up to an instant, in order. */
export function movementsOf(operation: Operation, now: Date): readonly SettlementLine[] {
  const { operationId, providerRef, kind, amountMinor, feeMinor, currency, steps } = operation;
  const instant = now.toISOString();
  return steps.flatMap(({ status, at }) => {
    if (at > instant || (status !== 'succeeded' && status !== 'returned')) return [];
    return [
      { operationId, providerRef, kind, grossMinor: amountMinor, feeMinor, currency, status, occurredAt: at },
    ];
  });
}

export function businessOn({ occurredAt }: SettlementLine): string {
  return businessDateOf(occurredAt);
}

/**
 * What the line does to the merchant's balance here: charges and what came back add, refunds and payouts
 * take; the fee is taken.
 */
export function netMinor({ kind, status, grossMinor, feeMinor }: SettlementLine): bigint {
  const isIncoming = kind === 'charge' || status === 'returned';
  return (isIncoming ? grossMinor : -grossMinor) - feeMinor;
}

/** By time, then by operation: the order in the file. */
export function inOrder(left: SettlementLine, right: SettlementLine): number {
  if (left.occurredAt !== right.occurredAt) return left.occurredAt < right.occurredAt ? -1 : 1;
  if (left.operationId === right.operationId) return 0;
  return left.operationId < right.operationId ? -1 : 1;
}
