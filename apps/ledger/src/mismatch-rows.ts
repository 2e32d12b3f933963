import type { Mismatch, WouldRefuse } from '@defter/ledger-domain';
import type { Queryable } from '@defter/platform';
import type { EventRecord } from './engine/submission.js';

/** A row of the table of mismatches. */
export interface MismatchRow {
  readonly sequence: number;
  readonly part: number;
  readonly transactionId: number | null;
  readonly found: Mismatch | WouldRefuse;
}

export type MismatchKind = 'balance' | 'refusal';

/** What was found: a figure that differs, or a transaction that enforcement would have refused. */
export const kindOf = (found: Mismatch | WouldRefuse): MismatchKind =>
  'code' in found ? 'refusal' : 'balance';

/** What the events of a batch found; nearly always nothing. */
export const mismatchRows = (events: readonly EventRecord[]): readonly MismatchRow[] => {
  const rows: MismatchRow[] = [];
  for (const { event, sequence, mismatches = [] } of events) {
    const transaction = 'transaction' in event ? event.transaction : undefined;
    const refused = transaction?.wouldRefuse;
    if (mismatches.length === 0 && refused === undefined) continue;
    const transactionId = transaction?.id ?? null;
    const all = refused === undefined ? mismatches : [refused, ...mismatches];
    all.forEach((found, part) => rows.push({ sequence, part, transactionId, found }));
  }
  return rows;
};

const INSERT = `
insert into mismatch (ledger_id, recorded_at, origin, sequence, part, kind, transaction_id,
  account, asset, expected, actual, refusal)
values ($1, $2::timestamptz, $3, unnest($4::bigint[]), unnest($5::integer[]), unnest($6::text[]),
  unnest($7::bigint[]), unnest($8::text[]), unnest($9::text[]), unnest($10::numeric[]),
  unnest($11::numeric[]), unnest($12::jsonb[]))`;

/** Lists mismatches, in the transaction that found them. */
export const insertMismatches = async (
  queryable: Queryable,
  { ledgerId, at, origin }: { ledgerId: number; at: string; origin: 'command' | 'comparison' },
  rows: readonly MismatchRow[],
): Promise<void> => {
  const figures = rows.map(({ found }) => ('expected' in found ? (found as Mismatch) : undefined));
  await queryable.query(INSERT, [
    ledgerId,
    at,
    origin,
    rows.map(({ sequence }) => sequence),
    rows.map(({ part }) => part),
    rows.map(({ found }) => kindOf(found)),
    rows.map(({ transactionId }) => transactionId),
    figures.map((figure) => figure?.account ?? null),
    figures.map((figure) => figure?.asset ?? null),
    figures.map((figure) => figure?.expected.toString() ?? null),
    figures.map((figure) => figure?.actual.toString() ?? null),
    rows.map(({ found }) => (kindOf(found) === 'refusal' ? JSON.stringify(found) : null)),
  ]);
};
