import {
  chainedHead,
  eventLeaf,
  EVENT_SCHEMA_VERSION,
  type LedgerState,
  merkleRoot,
} from '@defter/ledger-domain';
import type { Queryable } from '@defter/platform';
import { datesOwn, hasHistory, writeHistory } from '../history/write-history.js';
import { insertMismatches, type MismatchRow, mismatchRows } from '../mismatch-rows.js';
import { APPEND_SQL } from './append.sql.js';
import { BatchRows } from './batch-rows.js';
import type { BatchDraft, DraftEvent } from './draft.js';
import type { Head } from './head.js';
import type { Runner } from './load.js';

/** A batch that was decided, ready to be written onto one head. */
export interface Batch {
  /** Its number. */
  readonly batch: number;
  /** Its chained hash, by which it is recognised when its commit got no answer. */
  readonly hash: Buffer;
  readonly events: number;
  /** The head that it leaves. */
  readonly after: Head;
  readonly values: readonly unknown[];
  /** What the rare batch writes beside its rows, in the same transaction. */
  readonly extras: ((queryable: Queryable) => Promise<void>) | undefined;
  /** What is listed with it. */
  readonly mismatches: readonly MismatchRow[];
}

/** What a batch is made of: decided, or restored. */
export type BatchContent = Pick<BatchDraft, 'events' | 'refusals' | 'newAccounts' | 'at'>;

/** The batch of what was decided on `head`; undefined when there is nothing to write. */
export const toBatch = (
  ledgerId: number,
  head: Head,
  draft: BatchContent,
  state: LedgerState,
): Batch | undefined => {
  const { events, refusals, at } = draft;
  if (events.length === 0 && refusals.length === 0) return undefined;
  const root = merkleRoot(events.map(leafOf));
  const first = head.sequence + 1;
  const after = headAfter(head, events, root, state.lastTransactionId);
  const mismatches = mismatchRows(events);
  return {
    mismatches,
    extras: extrasOf(ledgerId, draft, mismatches),
    batch: after.lastBatch,
    hash: after.hash,
    events: events.length,
    after,
    values: [
      ...[ledgerId, after.lastBatch, at, EVENT_SCHEMA_VERSION, first, after.sequence],
      ...[root, after.hash, after.lastTransactionId, head.revision, head.hash, head.settingsVersion],
      ...BatchRows.of(draft, state).values,
    ],
  };
};

const leafOf = ({ sequence, event, recordedAt, key, payload }: DraftEvent): Buffer =>
  eventLeaf({ sequence, type: event.type, recordedAt, idempotencyKey: key, payload });

const extrasOf = (
  ledgerId: number,
  { events, at }: BatchContent,
  mismatches: readonly MismatchRow[],
): Batch['extras'] => {
  const history = events.some(hasHistory);
  if (!history && mismatches.length === 0) return undefined;
  return async (queryable) => {
    if (history) await writeHistory(queryable, ledgerId, events);
    if (mismatches.length === 0) return;
    await insertMismatches(queryable, { ledgerId, at, origin: 'command' }, mismatches);
  };
};

/** The latest effective time among those that were recorded with one of their own. */
const latestEffective = (known: string | null, events: readonly DraftEvent[]): string | null =>
  events.reduce((latest, { event, recordedAt }) => {
    const own = datesOwn(event, recordedAt);
    return own !== undefined && own > (latest ?? '') ? own : latest;
  }, known);

const headAfter = (
  head: Head,
  events: readonly DraftEvent[],
  root: Buffer,
  lastTransactionId: number,
): Head => {
  const revision = head.revision + 1;
  if (events.length === 0) return { ...head, revision };
  const sequence = head.sequence + events.length;
  return {
    latestEffectiveAt: latestEffective(head.latestEffectiveAt, events),
    sequence,
    lastTransactionId,
    lastBatch: head.lastBatch + 1,
    revision,
    hash: chainedHead(head.hash, head.sequence + 1, sequence, root),
    settingsVersion: head.settingsVersion,
  };
};

/** Writes a batch; false, and nothing is written, when the head isn't the one it was decided on. */
export const writeBatch = async (runner: Runner, { values }: Batch): Promise<boolean> => {
  const { rows } = await runner.run({ name: 'ledger-append', text: APPEND_SQL, values: [...values] });
  return rows.length === 1;
};
