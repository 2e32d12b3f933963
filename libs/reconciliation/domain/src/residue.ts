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
  /** What the payer paid on top, for instalments. */
  readonly surcharge?: bigint;
  /** The money before the provider exchanged it, and the rate as it stood there: 1 of it in the line's. */
  readonly original?: { readonly amount: bigint; readonly currency: string; readonly rate: string };
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

/** A booking on the account that receives the settlements; below zero it was taken. */
export interface BookingSide {
  readonly key: string;
  readonly account: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly bookedOn: string;
  readonly reference: string;
  readonly remittance: string;
}

/** The settlement lines that the provider pays together, and what the bank booked for them. */
export interface BatchSide {
  readonly batchRef: string;
  readonly currency: string;
  readonly lines: number;
  /** What the lines add up to. */
  readonly net: bigint;
  /** What came; 0 while nothing has. */
  readonly paid: bigint;
  readonly lastOn: string;
}

/** An operation that fits a line by amount and kind, but nothing says that it is meant. */
export interface Candidate {
  readonly operationId: string;
  readonly providerRef?: string;
  readonly occurredAt: string;
}

/**
 * What is left over or differs after matching, or is wrong in itself. `matchedBy` is the line that already
 * took the operation's leg.
 */
export type Residue =
  | { readonly kind: 'line-alone'; readonly line: LineSide; readonly candidates?: readonly Candidate[] }
  | {
      readonly kind: 'line-again';
      readonly line: LineSide;
      readonly operation: OperationSide;
      readonly matchedBy: string;
    }
  | { readonly kind: 'operation-alone'; readonly leg: Leg; readonly operation: OperationSide }
  | {
      readonly kind: 'pair-differs';
      readonly line: LineSide;
      readonly operation: OperationSide;
      /** Another line tells that the operation's money came back. */
      readonly cameBack?: boolean;
    }
  | { readonly kind: 'not-booked'; readonly leg: Leg; readonly operation: OperationSide }
  | { readonly kind: 'booked-differs'; readonly operation: OperationSide; readonly booked: BookedSide }
  | { readonly kind: 'booking-alone'; readonly booking: BookingSide }
  | { readonly kind: 'batch-differs' | 'batch-unpaid'; readonly batch: BatchSide }
  | { readonly kind: 'settled-late'; readonly line: LineSide; readonly operation: OperationSide }
  | StateResidue;

/** Seen without a line: by the state of our operations, or of the reports. */
export type StateResidue =
  | { readonly kind: 'charged-twice'; readonly operation: OperationSide; readonly first: string }
  | {
      readonly kind: 'payout-returned';
      readonly operation: OperationSide;
    }
  | { readonly kind: 'report-missing'; readonly businessOn: string }
  | {
      readonly kind: 'reserve-held';
      readonly currency: string;
      readonly amount: bigint;
      readonly since: string;
    };

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
