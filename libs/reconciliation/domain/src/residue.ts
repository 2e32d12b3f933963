import type { Leg } from './settlement.js';

/** A line of a provider's report, as far as it matters to a finding. Amounts are minor units. */
export interface LineSide {
  /** The same for the same line of a re-issued file. */
  readonly key: string;
  readonly reportRef: string;
  readonly lineNumber: number;
  readonly kind: string;
  readonly leg: Leg;
  readonly operationId?: string;
  readonly providerRef: string;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly currency: string;
  readonly status: string;
  readonly businessOn: string;
}

/** One of our operations as payments last told it. */
export interface OperationSide {
  readonly operationId: string;
  readonly kind: string;
  readonly customerId: string;
  readonly result: string;
  readonly amount: bigint;
  readonly fee: bigint;
  readonly currency: string;
  readonly providerRef?: string;
  readonly ledgerReference?: string;
  readonly businessOn: string;
}

/** What the ledger booked under an operation's reference: the customer's side of it. */
export interface BookedSide {
  readonly amount: bigint;
  readonly currency: string;
}

/**
 * What is left over or differs after matching. `matchedBy` is the line that already took the operation's
 * leg.
 */
export type Residue =
  | { readonly kind: 'line-alone'; readonly line: LineSide }
  | {
      readonly kind: 'line-again';
      readonly line: LineSide;
      readonly operation: OperationSide;
      readonly matchedBy: string;
    }
  | { readonly kind: 'operation-alone'; readonly leg: Leg; readonly operation: OperationSide }
  | { readonly kind: 'pair-differs'; readonly line: LineSide; readonly operation: OperationSide }
  | { readonly kind: 'not-booked'; readonly leg: Leg; readonly operation: OperationSide }
  | { readonly kind: 'booked-differs'; readonly operation: OperationSide; readonly booked: BookedSide };

/** An event that the provider sent and that is wrong in itself; no matching is needed to see it. */
export interface EventTrouble {
  readonly kind: 'conflicting_event' | 'unparseable' | 'unverified';
  readonly providerEventId: string;
  readonly requestId: string;
  readonly detail: string;
}

/** A report whose bytes can't be trusted. */
export interface ReportTrouble {
  readonly reportRef: string;
  readonly businessOn: string;
  readonly reason: string;
}
