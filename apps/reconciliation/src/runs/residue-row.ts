import { parseAmount } from '@defter/kernel';
import type {
  BatchSide,
  BookedSide,
  BookingSide,
  Candidate,
  LineSide,
  OperationSide,
  Residue,
} from '@defter/reconciliation-domain';

type Stored<S> = { readonly [K in keyof S]: S[K] extends bigint ? string : S[K] };
type StoredLine = Stored<Omit<LineSide, 'surcharge' | 'original'>> & {
  readonly surcharge?: string;
  readonly original?: Stored<NonNullable<LineSide['original']>>;
};
/** The facts of residues that are neither line nor operation; the kind says which of them are there. */
interface Facts extends Partial<Stored<Omit<BookingSide & BatchSide, 'amount' | 'currency'>>> {
  readonly amount?: string;
  readonly currency?: string;
  readonly first?: string;
  readonly businessOn?: string;
  readonly since?: string;
  readonly cameBack?: boolean;
}

/** A row of `run_residue`. Which sides are there follows from its kind. */
export interface ResidueRow {
  readonly residue_number: number;
  readonly kind: Residue['kind'];
  readonly expected: boolean;
  readonly leg: 'payment' | 'return' | null;
  readonly matched_by: string | null;
  readonly line: StoredLine | null;
  readonly operation: Stored<OperationSide> | null;
  readonly booked: Stored<BookedSide> | null;
  readonly candidates: readonly Candidate[] | null;
  readonly facts: Facts | null;
}

/**
 * The row as the domain knows it. @throws Error when a side is missing: a bug in the statement that froze it
 */
export function toResidue(row: ResidueRow): Residue {
  const { kind } = row;
  switch (kind) {
    case 'line-alone':
      return { kind, line: lineOf(row), candidates: row.candidates ?? [] };
    case 'line-again':
      return { kind, line: lineOf(row), operation: operationOf(row), matchedBy: there(row.matched_by) };
    case 'operation-alone':
    case 'not-booked':
      return { kind, leg: there(row.leg), operation: operationOf(row) };
    case 'pair-differs':
      return {
        ...{ kind, line: lineOf(row), operation: operationOf(row) },
        cameBack: row.facts?.cameBack ?? false,
      };
    case 'settled-late':
      return { kind, line: lineOf(row), operation: operationOf(row) };
    case 'booked-differs': {
      const booked = there(row.booked);
      return { kind, operation: operationOf(row), booked: { ...booked, amount: parseAmount(booked.amount) } };
    }
    case 'payout-returned':
      return { kind, operation: operationOf(row) };
    case 'charged-twice':
      return { kind, operation: operationOf(row), first: there(row.facts?.first) };
    default:
      return ofFacts(kind, there(row.facts));
  }
}

type FactsKind = 'booking-alone' | 'batch-differs' | 'batch-unpaid' | 'report-missing' | 'reserve-held';

function ofFacts(kind: FactsKind, facts: Facts): Residue {
  const amount = (text: string | undefined): bigint => parseAmount(there(text));
  const currency = facts.currency ?? '';
  switch (kind) {
    case 'booking-alone':
      return { kind, booking: bookingOf(facts) };
    case 'batch-differs':
    case 'batch-unpaid': {
      const { batchRef, lines, lastOn } = facts;
      const sums = { net: amount(facts.net), paid: amount(facts.paid), lines: there(lines) };
      return { kind, batch: { batchRef: there(batchRef), currency, ...sums, lastOn: there(lastOn) } };
    }
    case 'report-missing':
      return { kind, businessOn: there(facts.businessOn) };
    case 'reserve-held':
      return { kind, currency, amount: amount(facts.amount), since: there(facts.since) };
  }
}

function bookingOf({ key, account, amount, currency, bookedOn, reference, remittance }: Facts): BookingSide {
  return {
    ...{ key: there(key), account: there(account), amount: parseAmount(there(amount)) },
    ...{ currency: there(currency), bookedOn: there(bookedOn) },
    ...{ reference: there(reference), remittance: there(remittance) },
  };
}

/** The two sides of a pair as the domain knows them. @throws Error when one is missing */
export const sidesOf = (row: Pair): { readonly line: LineSide; readonly operation: OperationSide } => ({
  line: lineOf(row),
  operation: operationOf(row),
});

/** What is stored of a pair. */
export type Pair = Pick<ResidueRow, 'line' | 'operation'>;

function lineOf({ line }: Pair): LineSide {
  const { surcharge, original, ...stored } = there(line);
  return {
    ...{ ...stored, amount: parseAmount(stored.amount), fee: parseAmount(stored.fee) },
    ...(surcharge !== undefined && { surcharge: parseAmount(surcharge) }),
    ...(original !== undefined && { original: { ...original, amount: parseAmount(original.amount) } }),
  };
}

function operationOf({ operation }: Pair): OperationSide {
  const stored = there(operation);
  return { ...stored, amount: parseAmount(stored.amount), fee: parseAmount(stored.fee) };
}

function there<T>(side: T | null | undefined): T {
  if (side === null || side === undefined) throw new Error('A residue lacks one of its sides');
  return side;
}
