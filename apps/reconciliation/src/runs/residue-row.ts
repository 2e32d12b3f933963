import { parseAmount } from '@defter/kernel';
import type { BookedSide, LineSide, OperationSide, Residue } from '@defter/reconciliation-domain';

type Stored<S> = { readonly [K in keyof S]: S[K] extends bigint ? string : S[K] };

/** A row of `run_residue`. Which sides are there follows from its kind. */
export interface ResidueRow {
  readonly residue_number: number;
  readonly kind: Residue['kind'];
  readonly expected: boolean;
  readonly leg: 'payment' | 'return' | null;
  readonly matched_by: string | null;
  readonly line: Stored<LineSide> | null;
  readonly operation: Stored<OperationSide> | null;
  readonly booked: Stored<BookedSide> | null;
}

/**
 * The row as the domain knows it. @throws Error when a side is missing: a bug in the statement that froze it
 */
export function toResidue(row: ResidueRow): Residue {
  switch (row.kind) {
    case 'line-alone':
      return { kind: row.kind, line: lineOf(row) };
    case 'line-again':
      return {
        kind: row.kind,
        line: lineOf(row),
        operation: operationOf(row),
        matchedBy: there(row.matched_by),
      };
    case 'operation-alone':
      return { kind: row.kind, leg: there(row.leg), operation: operationOf(row) };
    case 'pair-differs':
      return { kind: row.kind, line: lineOf(row), operation: operationOf(row) };
    case 'not-booked':
      return { kind: row.kind, leg: there(row.leg), operation: operationOf(row) };
    case 'booked-differs': {
      const booked = there(row.booked);
      return {
        kind: row.kind,
        operation: operationOf(row),
        booked: { ...booked, amount: parseAmount(booked.amount) },
      };
    }
  }
}

function lineOf({ line }: ResidueRow): LineSide {
  const stored = there(line);
  return { ...stored, amount: parseAmount(stored.amount), fee: parseAmount(stored.fee) };
}

function operationOf({ operation }: ResidueRow): OperationSide {
  const stored = there(operation);
  return { ...stored, amount: parseAmount(stored.amount), fee: parseAmount(stored.fee) };
}

function there<T>(side: T | null): T {
  if (side === null) throw new Error('A residue lacks one of its sides');
  return side;
}
