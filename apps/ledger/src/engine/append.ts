import {
  chainedHead,
  eventLeaf,
  EVENT_SCHEMA_VERSION,
  type LedgerState,
  merkleRoot,
} from '@defter/ledger-domain';
import type { Connection } from '@defter/platform';
import { writeHistory } from '../history/write-history.js';
import { insertMismatches, type MismatchRow, mismatchRows } from '../rollout/mismatch-rows.js';
import { AppendRows } from './append-rows.js';
import {
  APPEND_SQL,
  CHANGED_HOLDS_SQL,
  CHANGED_TRANSACTIONS_SQL,
  DELETE_ACCOUNT_METADATA_SQL,
  DELETE_TRANSACTION_METADATA_SQL,
  NEW_HOLDS_SQL,
  REFUSED_KEYS_SQL,
  SET_ACCOUNT_METADATA_SQL,
  SET_TRANSACTION_METADATA_SQL,
} from './append.sql.js';
import type { BatchDraft, DraftEvent } from './draft.js';
import type { Head } from './head.js';
import { encodeRefusal } from './refusal.wire.js';

/** The chained hash of a batch, by which a commit without an answer is recognised later. */
export interface Written {
  readonly batch: number;
  readonly hash: Buffer;
  /** What was listed with it. */
  readonly mismatches: readonly MismatchRow[];
}

/** Writes what was decided; nothing of it counts before the commit. Undefined when there is no event. */
export const append = async (
  connection: Connection,
  ledgerId: number,
  head: Head,
  { draft, state, at }: { draft: BatchDraft; state: LedgerState; at: string },
): Promise<Written | undefined> => {
  if (draft.refusals.length > 0) await writeRefusals(connection, ledgerId, draft, at);
  const { events } = draft;
  const [first] = events;
  const last = events.at(-1);
  if (first === undefined || last === undefined) return undefined;

  const root = merkleRoot(
    events.map(({ key, ...event }) => eventLeaf({ ...event, type: event.event.type, idempotencyKey: key })),
  );
  const hash = chainedHead(head.hash, first.sequence, last.sequence, root);
  const batch = head.lastBatch + 1;
  const rows = new AppendRows(events, state);
  const { rowCount } = await connection.run({
    name: 'ledger-append',
    text: APPEND_SQL,
    values: [
      ledgerId,
      batch,
      at,
      EVENT_SCHEMA_VERSION,
      events.map(({ sequence }) => sequence),
      events.map(({ event }) => event.type),
      events.map(({ key }) => key),
      events.map(({ fingerprint }) => fingerprint),
      events.map(({ payload }) => payload),
      ...rows.postings.values,
      ...rows.transactions.values,
      ...rows.balances.values,
      last.sequence,
      [...draft.newAccounts.keys()],
      [...draft.newAccounts.values()],
      first.sequence,
      root,
      hash,
      state.lastTransactionId,
      rows.ceilings,
    ],
  });
  if (rowCount !== 1) throw new Error(`The head of ledger ${ledgerId} moved although it was locked`);
  await writeChanges(connection, ledgerId, rows);
  for (const event of events) await writeMetadata(connection, ledgerId, event);
  await writeHistory(connection, ledgerId, events);
  const mismatches = mismatchRows(events);
  if (mismatches.length > 0) {
    await insertMismatches(connection, { ledgerId, at, origin: 'command' }, mismatches);
  }
  return { batch, hash, mismatches };
};

const writeRefusals = (connection: Connection, ledgerId: number, { refusals }: BatchDraft, at: string) =>
  connection.query(REFUSED_KEYS_SQL, [
    ledgerId,
    at,
    refusals.map(({ key }) => key),
    refusals.map(({ fingerprint }) => fingerprint),
    refusals.map(({ refusal }) => encodeRefusal(refusal)),
  ]);

const writeChanges = async (connection: Connection, ledgerId: number, rows: AppendRows): Promise<void> => {
  const { holds, changedHolds, changedTransactions } = rows;
  if (holds.size > 0) await connection.query(NEW_HOLDS_SQL, [ledgerId, ...holds.values]);
  if (changedHolds.size > 0) await connection.query(CHANGED_HOLDS_SQL, [ledgerId, ...changedHolds.values]);
  if (changedTransactions.size > 0) {
    await connection.query(CHANGED_TRANSACTIONS_SQL, [ledgerId, ...changedTransactions.values]);
  }
};

/** Metadata is written event by event: two changes of one target in one batch must both count, in order. */
const writeMetadata = async (connection: Connection, ledgerId: number, record: DraftEvent): Promise<void> => {
  const { event, sequence, recordedAt } = record;
  const setAccount = (address: string, metadata: object) =>
    connection.query(SET_ACCOUNT_METADATA_SQL, [
      ledgerId,
      address,
      sequence,
      recordedAt,
      JSON.stringify(metadata),
    ]);
  if (event.type === 'TransactionCreated') {
    for (const [address, metadata] of Object.entries(event.transaction.accountMetadata ?? {})) {
      await setAccount(address, metadata);
    }
  } else if (event.type === 'MetadataSet') {
    if (event.target.kind === 'account') await setAccount(event.target.address, event.metadata);
    else
      await connection.query(SET_TRANSACTION_METADATA_SQL, [
        ledgerId,
        event.target.id,
        JSON.stringify(event.metadata),
      ]);
  } else if (event.type === 'MetadataDeleted') {
    if (event.target.kind === 'account') {
      await connection.query(DELETE_ACCOUNT_METADATA_SQL, [ledgerId, event.target.address, event.key]);
    } else await connection.query(DELETE_TRANSACTION_METADATA_SQL, [ledgerId, event.target.id, event.key]);
  }
};
