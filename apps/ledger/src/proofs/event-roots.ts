import { eventLeaf, type LeafInput, merkleRoot } from '@defter/ledger-domain';
import type { Queryable } from '@defter/platform';

/** Of one read; the largest batch may be larger, then it is read in parts. */
const EVENTS_PER_PAGE = 2_000;

const EVENTS = `
select sequence::float8 as sequence, batch::float8 as batch, type, idempotency_key as "idempotencyKey",
  payload::text as payload,
  to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "recordedAt"
from event where ledger_id = $1 and sequence > $2 and sequence <= $3 order by sequence limit $4`;

type Row = LeafInput & { readonly batch: number };

/**
 * The roots of the batches of a range of events, as the events are now, by the batch's number. Events that
 * are missing or say another batch give another root.
 */
export const eventRoots = async (
  source: Queryable,
  ledgerId: number,
  { after, last }: { readonly after: number; readonly last: number },
): Promise<ReadonlyMap<number, Buffer>> => {
  const roots = new Map<number, Buffer>();
  let leaves: Buffer[] = [];
  let batch: number | undefined;
  const close = (): void => {
    if (batch !== undefined) roots.set(batch, merkleRoot(leaves));
    leaves = [];
  };
  let from: number | undefined = after;
  while (from !== undefined) {
    const values: unknown[] = [ledgerId, from, last, EVENTS_PER_PAGE];
    const rows: Row[] = await source.query<Row>(EVENTS, values);
    for (const row of rows) {
      if (row.batch !== batch) close();
      batch = row.batch;
      leaves.push(eventLeaf(row));
    }
    from = rows.length === EVENTS_PER_PAGE ? rows.at(-1)?.sequence : undefined;
  }
  close();
  return roots;
};
