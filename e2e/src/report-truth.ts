/**
 * What reconciliation must find, from what the mock provider says it did: the faults it injected, each with
 * the line that stands in the file and the one that should. Knows nothing of how reconciliation looks.
 */

/** A fault as the mock's `/_test/ground-truth` tells it. */
export interface Injected {
  readonly kind: string;
  readonly operationId: string;
  /** Of the file in which it shows. */
  readonly date: string;
  readonly line: string | null;
  readonly trueLine: string | null;
}

export const faultKinds = [
  ...['missing', 'extra', 'duplicate_line', 'wrong_amount', 'wrong_fee', 'wrong_currency', 'late'],
  ...['day_edge', 'reissued', 'split_batch'],
] as const;

/** What a fault is called while its line, or the lack of it, stands in today's file. */
const onTheDay: Readonly<Record<string, string | undefined>> = {
  ...{ missing: 'missing_at_psp', extra: 'missing_in_ledger', duplicate_line: 'duplicate_settlement_line' },
  ...{ wrong_amount: 'amount_mismatch', wrong_fee: 'fee_mismatch', wrong_currency: 'currency_mismatch' },
  // Its line stands in tomorrow's file.
  ...{ late: 'missing_at_psp', day_edge: 'missing_at_psp' },
  // Wrong for an hour.
  reissued: 'amount_mismatch',
};

/** What is left of it when all files and statements are there. */
const inTheEnd: Readonly<Record<string, string | undefined>> = {
  ...onTheDay,
  ...{ late: undefined, day_edge: undefined, reissued: undefined },
};

/** `type key`, sorted, before the bank has said anything. */
export const expectedOnTheDay = (
  faults: readonly Pick<Injected, 'kind' | 'operationId'>[],
  returned: readonly string[],
): string[] => named(faults, onTheDay, returned).sort();

/**
 * The same once the next days' files and the bank's statements are there. `isStrict`: this connection's
 * provider has no usual delay, so that a line of the next date is late. `paid`: the batches, `date/currency`,
 * that the bank has booked.
 */
export const expectedInTheEnd = (
  faults: readonly Injected[],
  {
    returned,
    paid,
    isStrict,
  }: { readonly returned: readonly string[]; readonly paid: ReadonlySet<string>; readonly isStrict: boolean },
): string[] => {
  const late = isStrict ? { late: 'late_settlement', day_edge: 'late_settlement' } : {};
  const reissued = new Set(faults.filter(({ kind }) => kind === 'reissued').map(({ date }) => date));
  return [
    ...named(faults, { ...inTheEnd, ...late }, returned),
    ...[...reissued].map((date) => `report_reissued ${date}`),
    ...[...differences(faults)].flatMap(([batch, net]) => batchFinding(batch, net, paid)),
  ].sort();
};

const named = (
  faults: readonly Pick<Injected, 'kind' | 'operationId'>[],
  types: Readonly<Record<string, string | undefined>>,
  returned: readonly string[],
): string[] => [
  ...faults.flatMap(({ kind, operationId }) => {
    const type = types[kind];
    return type === undefined ? [] : [`${type} ${operationId}`];
  }),
  ...returned.map((operationId) => `payout_returned ${operationId}`),
];

/** The bank pays what really moved: a batch whose lines lie is not what it paid. */
const batchFinding = (batch: string, net: bigint, paid: ReadonlySet<string>): string[] => {
  if (net === 0n) return [];
  if (paid.has(batch)) return [`batch_sum_mismatch ${batch}`];
  // Nothing can be said of a currency of which the bank has said nothing.
  const [, currency = ''] = batch.split('/');
  return [...paid].some((each) => each.endsWith(`/${currency}`)) ? [`late_settlement ${batch}`] : [];
};

/** By how much the files' lines of each batch (`date/currency`) are off the truth. */
const differences = (faults: readonly Injected[]): ReadonlyMap<string, bigint> => {
  const sums = new Map<string, bigint>();
  const add = (text: string | null, sign: bigint): void => {
    if (text === null) return;
    const { batch, net } = lineOf(text);
    sums.set(batch, (sums.get(batch) ?? 0n) + sign * net);
  };
  for (const { kind, line, trueLine } of faults) {
    add(line, 1n);
    // The line itself stands there, too; what is told is the second one.
    if (kind !== 'duplicate_line') add(trueLine, -1n);
  }
  return sums;
};

const istanbul = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Istanbul', dateStyle: 'short' });

/** operation_id, provider_ref, kind, gross, fee, net, currency, status, occurred_at */
const lineOf = (text: string): { batch: string; net: bigint } => {
  const fields = text.split(',');
  const [net = '', currency = '', , at = ''] = fields.slice(5);
  return { batch: `${istanbul.format(new Date(at))}/${currency}`, net: BigInt(net) };
};

/** What the bank has booked: `date/currency` of each settlement that a statement names. */
export const paidBatches = (statement: string): string[] =>
  [...statement.matchAll(/SETTLEMENT (\d{4}-\d{2}-\d{2}) ([A-Z]{3})</g)].map(
    ([, date = '', currency = '']) => `${date}/${currency}`,
  );

/** Numbers from a seed, below a bound. (mulberry32) */
export const randomOf = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};
