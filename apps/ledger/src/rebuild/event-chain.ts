import { GrowingTree } from '@defter/ledger-domain';
import type { Connection, Database } from '@defter/platform';
import { BatchChain, type BatchRow } from '../proofs/verify/batch-chain.js';
import { type EventRow, eventsSql, leafOf } from '../proofs/verify/event-rows.js';
import { type Finding, Findings } from '../proofs/verify/findings.js';
import { batchesSql } from '../proofs/verify/log-check.js';
import { RowCursor } from '../proofs/verify/row-cursor.js';

interface Cursors {
  readonly events: RowCursor<EventRow>;
  readonly batches: RowCursor<BatchRow>;
}

/**
 * Follows leaf, root and chained hash from the first event to the head, in one snapshot. The answer is what
 * does not fit: whoever folds events that fit no hash makes balances of forged ones.
 */
export const brokenChain = async (
  owner: Database,
  ledgerId: number,
  onEvents: (sequence: number) => void,
): Promise<readonly Finding[]> => {
  const connection = await owner.session();
  try {
    await connection.query(`begin isolation level repeatable read read only;
set local timezone = 'UTC'; set local jit = off; set local cursor_tuple_fraction = 1`);
    const found: Finding[] = [];
    const findings = new Findings((finding) => found.push(finding));
    const cursors = {
      events: await RowCursor.open<EventRow>(connection, 'events', eventsSql(ledgerId)),
      batches: await RowCursor.open<BatchRow>(connection, 'batches', batchesSql(ledgerId)),
    };
    const last = await follow(cursors, findings, onEvents);
    await checkEnd(connection, ledgerId, last, findings);
    return found;
  } finally {
    connection.release(true);
  }
};

const follow = async (
  { events, batches }: Cursors,
  findings: Findings,
  onEvents: (sequence: number) => void,
): Promise<BatchRow | undefined> => {
  const chain = new BatchChain(findings);
  let before: BatchRow | undefined;
  for await (const row of batches.while(() => true)) {
    checkPlace(row, before ?? NONE, findings);
    chain.check(row, await rootOf(row, events, findings));
    before = row;
    onEvents(row.last);
  }
  const beyond = await events.peek();
  if (beyond !== undefined)
    findings.add({ table: 'event', kind: 'unexpected', at: { sequence: beyond.sequence } });
  return before;
};

/** What is before the first batch. */
const NONE = { batch: 0, last: 0 };

const checkPlace = (
  { batch, first }: BatchRow,
  before: Pick<BatchRow, 'batch' | 'last'>,
  findings: Findings,
): void => {
  if (batch !== before.batch + 1)
    findings.add({ table: 'batch', kind: 'missing', at: { batch: before.batch + 1 } });
  if (first !== before.last + 1)
    findings.add({ table: 'batch', kind: 'differs', at: { batch }, what: 'first_sequence' });
};

/** The root that a batch's events give. */
const rootOf = async (
  { first, last }: BatchRow,
  events: RowCursor<EventRow>,
  findings: Findings,
): Promise<Buffer | undefined> => {
  const leaves = new GrowingTree();
  let expected = first;
  for await (const event of events.while(({ sequence }) => sequence <= last)) {
    if (event.sequence !== expected) findings.add(missing(expected));
    expected = event.sequence + 1;
    leaves.add(leafOf(event));
  }
  if (expected !== last + 1) findings.add(missing(expected));
  return leaves.size === 0 ? undefined : leaves.root();
};

const missing = (sequence: number): Finding => ({ table: 'event', kind: 'missing', at: { sequence } });

const HEAD = 'select sequence::float8 as sequence, hash from ledger_head where ledger_id = $1';

/** Events cut off at the end leave a chain that fits; the head still knows of them. */
const checkEnd = async (
  connection: Connection,
  ledgerId: number,
  last: BatchRow | undefined,
  findings: Findings,
): Promise<void> => {
  const [head] = await connection.query<{ sequence: number; hash: Buffer }>(HEAD, [ledgerId]);
  const ends = head?.sequence === (last?.last ?? 0) && (last === undefined || head.hash.equals(last.hash));
  if (!ends) findings.add({ table: 'ledger_head', kind: 'differs', at: {}, what: 'where the log ends' });
};
