import { LedgerState, touchedBalances } from '@defter/ledger-domain';
import type { Connection, Database } from '@defter/platform';
import { toBatch, writeBatch } from '../engine/append.js';
import { noteNewAccounts } from '../engine/draft.js';
import { eventHoldsCardNumber } from '../card-numbers.js';
import type { DraftEvent } from '../engine/draft.js';
import type { Head } from '../engine/head.js';
import { beginWithHead, fillState, readNeeds } from '../engine/load.js';
import { needsOf } from '../engine/needs.js';
import { readSettings } from '../engine/settings.js';
import type { BatchLine } from './import-line.wire.js';
import { wrongLine } from './lines.js';
import { conflict, expectOpen, markRestoring, readRestoring, type Restoring } from './restoring.js';
import { apply, type ImportedEvent, toDraftEvent } from './restored-event.js';
import { touchedBy } from './touched-by.js';

/** What the caller of an import allows. */
export interface ImportTerms {
  /** Of exports from before they were refused: events are signed as they are and can't be written anew. */
  readonly keepCardNumbers: boolean;
}

/** A batch of an import, whole. */
export interface ImportedBatch {
  readonly number: number;
  readonly line: BatchLine;
  readonly events: readonly ImportedEvent[];
}

const KNOWN = `
select batch::float8 as batch, encode(hash, 'hex') as hash from batch
where ledger_id = $1 and batch = any($2::bigint[])`;

/**
 * Appends batches as they once were committed: same events, times, keys and hashes. Those that the ledger has
 * already are compared and skipped, so that an import can be repeated, and several at once do no harm. Others
 * go only into a ledger that has nothing of its own.
 * @throws ProblemException `import-conflict`, `malformed`
 */
export const restoreBatches = async (
  database: Database,
  ledgerId: number,
  batches: readonly ImportedBatch[],
  { keepCardNumbers }: ImportTerms,
): Promise<void> => {
  const connection = await database.connection();
  let done = false;
  try {
    const head = await beginWithHead(connection, ledgerId);
    const fresh = batches.filter(({ line }) => line.batch > head.lastBatch);
    await compareKnown(connection, ledgerId, batches.slice(0, batches.length - fresh.length));
    if (fresh.length > 0) {
      const restoring = await readRestoring(connection, ledgerId);
      expectOpen(restoring);
      expectTimes(fresh, restoring);
      const drafts = draftsOf(fresh);
      if (!keepCardNumbers) drafts.forEach(refuseCardNumbers);
      await appendAll(connection, ledgerId, head, drafts);
      await markRestoring(connection, ledgerId, 0);
    }
    await connection.query(fresh.length > 0 ? 'commit' : 'rollback');
    done = true;
  } finally {
    // Closing the connection takes back whatever is open on it.
    connection.release(!done);
  }
};

const compareKnown = async (
  connection: Connection,
  ledgerId: number,
  batches: readonly ImportedBatch[],
): Promise<void> => {
  if (batches.length === 0) return;
  const numbers = batches.map(({ line }) => line.batch);
  const rows = await connection.query<{ batch: number; hash: string }>(KNOWN, [ledgerId, numbers]);
  const known = new Map(rows.map(({ batch, hash }) => [batch, hash]));
  const other = batches.find(({ line }) => known.get(line.batch) !== line.hash);
  if (other !== undefined)
    throw conflict(`Its batch ${other.line.batch} is not that of line ${other.number}`);
};

interface DraftBatch {
  readonly batch: ImportedBatch;
  readonly events: DraftEvent[];
}

const draftsOf = (batches: readonly ImportedBatch[]): readonly DraftBatch[] =>
  batches.map((batch) => ({ batch, events: batch.events.map(toDraftEvent) }));

/** @throws ProblemException `malformed` with the line of the first event that has one */
const refuseCardNumbers = ({ batch, events }: DraftBatch): void => {
  events.forEach((event, index) => {
    if (!eventHoldsCardNumber(event)) return;
    const how = 'import with ?keepCardNumbers=true if this is your own export from before they were refused';
    throw wrongLine(batch.events[index]?.number ?? 0, `holds a card number; ${how}`);
  });
};

const appendAll = async (
  connection: Connection,
  ledgerId: number,
  start: Head,
  drafts: readonly DraftBatch[],
): Promise<void> => {
  const state = new LedgerState(await readSettings(connection, ledgerId), start.lastTransactionId);
  const submissions = drafts.flatMap(({ events }) =>
    events.map(({ event }) => ({ command: touchedBy(event) })),
  );
  const group = { submissions, mode: 'continue' as const, dryRun: false };
  const ledger = { ledgerId, strict: false };
  await fillState(connection, ledger, await readNeeds(connection, ledger, needsOf([group], state)), state);
  let head = start;
  for (const { batch, events } of drafts) {
    expectNext(batch, head);
    const newAccounts = new Map<string, number>();
    events.forEach((event, index) => {
      noteNewAccounts({ ...event, touched: touchedBalances(event.event) }, state, newAccounts);
      apply(event, batch.events[index]?.number ?? 0, state);
    });
    const content = { events, refusals: [], newAccounts, at: batch.line.date };
    const restored = toBatch(ledgerId, head, content, state);
    if (restored?.hash.toString('hex') !== batch.line.hash) {
      throw wrongLine(batch.number, 'has another hash than its events give: something in them was changed');
    }
    if (!(await writeBatch(connection, restored))) throw new Error('The head moved although it was locked');
    await restored.extras?.(connection);
    head = restored.after;
  }
};

/** No batch and no event is left out, and nothing of another one is among them. */
const expectNext = ({ number, line, events }: ImportedBatch, head: Head): void => {
  if (line.batch !== head.lastBatch + 1) throw wrongLine(number, `must be batch ${head.lastBatch + 1}`);
  if (line.last !== head.sequence + events.length || line.first !== head.sequence + 1)
    throw wrongLine(number, `must end the events ${head.sequence + 1} to ${head.sequence + events.length}`);
  events.forEach(({ number: at, line: event }, index) => {
    if (event.id !== head.sequence + index + 1)
      throw wrongLine(at, `must be event ${head.sequence + index + 1}`);
    if (event.defter.batch !== line.batch) throw wrongLine(at, `must be of batch ${line.batch}`);
  });
};

/** Times of recording never go back and never lie ahead: the past is looked up by them. */
const expectTimes = (batches: readonly ImportedBatch[], { now, latest }: Restoring): void => {
  let before = latest ?? '';
  for (const { number, line, events } of batches) {
    if (line.date < before) throw wrongLine(number, `has a date before ${before}, that of the batch before`);
    if (line.date > now) throw wrongLine(number, `has a date after ${now}, which is now`);
    const other = events.find((event) => event.line.date !== line.date);
    if (other !== undefined) throw wrongLine(other.number, `must have the date of its batch, ${line.date}`);
    before = line.date;
  }
};
