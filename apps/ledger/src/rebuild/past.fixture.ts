/** Reckons the tables of the past from the reference of the history tests, which shares no code with them. */
import type { HistoryModel } from '../history/history-model.fixture.js';

/** The rows of each table as `select … ::text` gives them, in any order. */
export type PastTables = Readonly<
  Record<'dated_entry' | 'dated_hour' | 'dated_run' | 'pending_entry', Row[]>
>;
type Row = readonly string[];

type Move = HistoryModel['moves'][number];

const isDated = ({ effectiveAt, recordedAt }: Move): boolean => effectiveAt !== recordedAt;
const hourOf = (instant: string): string => `${instant.slice(0, 13)}:00:00.000000Z`;

/** The accounts that a posting touches, with what it brings and takes. */
const sidesOf = ({ source, destination, amount }: Move) =>
  [...new Set([source, destination])].map((account) => ({
    account,
    input: account === destination ? amount : 0n,
    output: account === source ? amount : 0n,
  }));

/** What stands in the tables of the past when a ledger has these events. */
export const pastTables = (model: HistoryModel): PastTables => ({
  dated_entry: model.moves
    .filter(isDated)
    .flatMap((move) =>
      sidesOf(move).map(({ account, input, output }) => [
        ...[account, move.asset, move.effectiveAt, `${move.sequence}`, `${move.position}`, move.recordedAt],
        ...[`${input}`, `${output}`],
      ]),
    ),
  dated_hour: hours(model.moves.filter(isDated)),
  dated_run: runs(model.moves),
  pending_entry: pending(model),
});

const hours = (moves: readonly Move[]): Row[] => {
  const sums = new Map<string, { input: bigint; output: bigint }>();
  for (const move of moves)
    for (const { account, input, output } of sidesOf(move))
      for (const [instant, sign] of [[move.effectiveAt, 1n] as const, [move.recordedAt, -1n] as const]) {
        const key = [account, move.asset, hourOf(instant)].join('|');
        const before = sums.get(key) ?? { input: 0n, output: 0n };
        sums.set(key, { input: before.input + sign * input, output: before.output + sign * output });
      }
  return [...sums]
    .filter(([, { input, output }]) => input !== 0n || output !== 0n)
    .map(([key, { input, output }]) => [...key.split('|'), `${input}`, `${output}`]);
};

const runs = (moves: readonly Move[]): Row[] => {
  const found: { account: string; first: number; last: number }[] = [];
  const open = new Map<string, (typeof found)[number]>();
  for (const move of moves)
    for (const { account } of sidesOf(move)) {
      const run = open.get(account);
      if (!isDated(move)) open.delete(account);
      else if (run !== undefined) run.last = move.sequence;
      else {
        const begun = { account, first: move.sequence, last: move.sequence };
        found.push(begun);
        open.set(account, begun);
      }
    }
  return found.map(({ account, first, last }) => [account, `${first}`, `${last}`]);
};

const pending = (model: HistoryModel): Row[] =>
  model.events.flatMap(({ sequence, recordedAt, payload }) => {
    const { transaction, postings = [] } = payload;
    if (transaction !== undefined && transaction.status !== 'pending') return [];
    const named = (transaction?.postings ?? postings).flatMap(([source, destination, asset]) => [
      `${source}|${asset}`,
      `${destination}|${asset}`,
    ]);
    return [...new Set(named)].map((name) => {
      const [account = '', asset = ''] = name.split('|');
      const moment = { at: recordedAt, known: sequence };
      const { pendingIn, pendingOut } = model.balance(account, asset, 'recorded', moment);
      return [account, asset, `${sequence}`, `${pendingIn}`, `${pendingOut}`];
    });
  });

const instant = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** The columns of each table in the order of the rows above. */
export const PAST_COLUMNS: Readonly<Record<keyof PastTables, readonly string[]>> = {
  dated_entry: [
    ...['account', 'asset', instant('effective_at'), 'sequence', 'position', instant('recorded_at')],
    ...['input', 'output'],
  ],
  dated_hour: ['account', 'asset', instant('hour'), 'input', 'output'],
  dated_run: ['account', 'first_sequence', 'last_sequence'],
  pending_entry: ['account', 'asset', 'sequence', 'pending_in', 'pending_out'],
};
