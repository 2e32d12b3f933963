import { balanceKey, type LedgerEvent, type Posting } from '@defter/ledger-domain';
import type { PostingRow } from './entries.sql.js';
import type { StoredEvent } from './volumes-at.read.js';

/** What came into an account and what went out of it, in smallest units. */
export interface Volumes {
  readonly input: bigint;
  readonly output: bigint;
}

/** A posting as a line of an account's statement. */
export interface Entry extends PostingRow {
  readonly recordedAt: string;
  readonly effect: Volumes;
  /** The account's volumes in the asset right after it. */
  readonly running: Volumes;
}

const NOTHING: Volumes = { input: 0n, output: 0n };

/** What a posting brings an account and takes from it. */
export const effectOn = (
  account: string,
  posting: Pick<Posting, 'source' | 'destination' | 'amount'>,
): Volumes => ({
  input: posting.destination === account ? posting.amount : 0n,
  output: posting.source === account ? posting.amount : 0n,
});

const plus = (a: Volumes, b: Volumes): Volumes => ({ input: a.input + b.input, output: a.output + b.output });
const minus = (a: Volumes, b: Volumes): Volumes => ({
  input: a.input - b.input,
  output: a.output - b.output,
});

/** What an event moved, by position; a hold that is opened or given back moves nothing. */
export const movedBy = (event: LedgerEvent): readonly Posting[] => {
  if ('transaction' in event) return event.transaction.status === 'pending' ? [] : event.transaction.postings;
  return event.type === 'HoldPosted' ? event.postings : [];
};

/** What the postings of an event from a position on did to an account in an asset. */
const movedFrom = (
  { event }: StoredEvent,
  position: number,
  { account, asset }: { readonly account: string; readonly asset: string },
): Volumes =>
  movedBy(event)
    .slice(position)
    .filter((posting) => posting.asset === asset)
    .reduce((sum, posting) => plus(sum, effectOn(account, posting)), NOTHING);

const eventOf = ({ sequence }: PostingRow, events: ReadonlyMap<number, StoredEvent>): StoredEvent => {
  const event = events.get(sequence);
  if (event === undefined) throw new Error(`Event ${sequence} has postings and isn't there`);
  return event;
};

/** Entries in the order of recording: the balance after each is in its event. */
export const recordedEntries = (
  account: string,
  rows: readonly PostingRow[],
  events: ReadonlyMap<number, StoredEvent>,
): Entry[] =>
  rows.map((row) => {
    const stored = eventOf(row, events);
    const after = stored.after.find((each) => each.account === account && each.asset === row.asset);
    if (after === undefined) throw new Error(`Event ${row.sequence} doesn't say what it left`);
    const later = movedFrom(stored, row.position + 1, { account, asset: row.asset });
    return {
      ...row,
      recordedAt: stored.recordedAt,
      effect: effectOn(account, { ...row, amount: BigInt(row.amount) }),
      running: minus(after, later),
    };
  });

/**
 * Entries in ascending order of effective time. `after` are the volumes right after the whole event of the
 * first row, by asset; the others follow by adding up.
 */
export const effectiveEntries = (
  account: string,
  rows: readonly PostingRow[],
  events: ReadonlyMap<number, StoredEvent>,
  after: ReadonlyMap<string, Volumes>,
): Entry[] => {
  const [first] = rows;
  if (first === undefined) return [];
  const stored = eventOf(first, events);
  const running = new Map<string, Volumes>();
  for (const [asset, volumes] of after) {
    const key = balanceKey(account, asset);
    running.set(key, minus(volumes, movedFrom(stored, first.position, { account, asset })));
  }
  return rows.map((row) => {
    const effect = effectOn(account, { ...row, amount: BigInt(row.amount) });
    const key = balanceKey(account, row.asset);
    const volumes = plus(running.get(key) ?? NOTHING, effect);
    running.set(key, volumes);
    return { ...row, recordedAt: eventOf(row, events).recordedAt, effect, running: volumes };
  });
};
