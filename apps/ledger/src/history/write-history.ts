import { type LedgerEvent, type Posting, balanceKey } from '@defter/ledger-domain';
import type { Queryable } from '@defter/platform';
import type { EventRecord } from '../engine/submission.js';
import { DATED_SQL, PENDING_SQL, RUNS_SQL } from './write-history.sql.js';

/** What a posting brings one account and takes from it; both when it goes from the account to itself. */
interface Side {
  readonly account: string;
  readonly asset: string;
  input: bigint;
  output: bigint;
}

interface DatedEntry extends Side {
  readonly effectiveAt: string;
  readonly recordedAt: string;
  readonly sequence: number;
  readonly position: number;
}

interface HourSum extends Side {
  readonly hour: string;
}

/**
 * Writes what later questions about the past need and the postings don't say: postings that are dated, and
 * what holds reserve. For a batch without either, as nearly all are, it costs one look at each event.
 */
export const writeHistory = async (
  queryable: Queryable,
  ledgerId: number,
  records: readonly EventRecord[],
): Promise<void> => {
  const dated = records.flatMap(datedEntries);
  if (dated.length > 0) await writeDated(queryable, ledgerId, dated);
  const pending = records.filter(({ event }) => changesPending(event));
  if (pending.length > 0) await writePending(queryable, ledgerId, pending);
};

/** The two ends of a posting; one for a posting from an account to itself. */
const sidesOf = ({ source, destination, asset, amount }: Posting): Side[] =>
  source === destination
    ? [{ account: source, asset, input: amount, output: amount }]
    : [
        { account: source, asset, input: 0n, output: amount },
        { account: destination, asset, input: amount, output: 0n },
      ];

/** The effective time of postings that have one of their own; undefined when it is that of recording. */
export const datesOwn = (event: LedgerEvent, recordedAt: string): string | undefined => {
  if (!('transaction' in event)) return undefined;
  const { status, timestamp } = event.transaction;
  return status === 'pending' || timestamp === recordedAt ? undefined : timestamp;
};

/** Whether an event leaves something for `writeHistory`. */
export const hasHistory = ({ event, recordedAt }: EventRecord): boolean =>
  datesOwn(event, recordedAt) !== undefined || changesPending(event);

const datedEntries = ({ event, sequence, recordedAt }: EventRecord): DatedEntry[] => {
  const timestamp = datesOwn(event, recordedAt);
  if (timestamp === undefined || !('transaction' in event)) return [];
  const { postings } = event.transaction;
  return postings.flatMap((posting, position) =>
    sidesOf(posting).map((side) => ({ ...side, effectiveAt: timestamp, recordedAt, sequence, position })),
  );
};

const changesPending = (event: LedgerEvent): boolean =>
  'transaction' in event ? event.transaction.status === 'pending' : 'transactionId' in event;

const writeDated = async (
  queryable: Queryable,
  ledgerId: number,
  entries: readonly DatedEntry[],
): Promise<void> => {
  const hours = hourSums(entries);
  const latest = entries.reduce((max, { effectiveAt }) => (effectiveAt > max ? effectiveAt : max), '');
  await queryable.query(DATED_SQL, [
    ledgerId,
    entries.map(({ recordedAt }) => recordedAt),
    entries.map(({ account }) => account),
    entries.map(({ asset }) => asset),
    entries.map(({ effectiveAt }) => effectiveAt),
    entries.map(({ sequence }) => sequence),
    entries.map(({ position }) => position),
    entries.map(({ input }) => `${input}`),
    entries.map(({ output }) => `${output}`),
    hours.map(({ account }) => account),
    hours.map(({ asset }) => asset),
    hours.map(({ hour }) => hour),
    hours.map(({ input }) => `${input}`),
    hours.map(({ output }) => `${output}`),
    latest,
  ]);
  await queryable.query(RUNS_SQL, [
    ledgerId,
    entries.map(({ account }) => account),
    entries.map(({ sequence }) => sequence),
  ]);
};

const hourOf = (instant: string): string => `${instant.slice(0, 13)}:00:00Z`;

/** What took effect in an hour less what was recorded in it; hours in which both are equal are left out. */
const hourSums = (entries: readonly DatedEntry[]): HourSum[] => {
  const sums = new Map<string, HourSum>();
  const add = ({ account, asset }: DatedEntry, hour: string, input: bigint, output: bigint) => {
    const key = `${balanceKey(account, asset)} ${hour}`;
    const sum = sums.get(key) ?? { account, asset, hour, input: 0n, output: 0n };
    sum.input += input;
    sum.output += output;
    sums.set(key, sum);
  };
  for (const entry of entries) {
    add(entry, hourOf(entry.effectiveAt), entry.input, entry.output);
    add(entry, hourOf(entry.recordedAt), -entry.input, -entry.output);
  }
  return [...sums.values()].filter(({ input, output }) => input !== 0n || output !== 0n);
};

const writePending = async (
  queryable: Queryable,
  ledgerId: number,
  records: readonly EventRecord[],
): Promise<void> => {
  const rows = records.flatMap(({ sequence, after }) => after.map((balance) => ({ sequence, ...balance })));
  await queryable.query(PENDING_SQL, [
    ledgerId,
    rows.map(({ account }) => account),
    rows.map(({ asset }) => asset),
    rows.map(({ sequence }) => sequence),
    rows.map(({ pendingIn }) => `${pendingIn}`),
    rows.map(({ pendingOut }) => `${pendingOut}`),
  ]);
};
