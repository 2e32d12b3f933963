/**
 * Small books with a few faults of every kind, at places that a seed chooses, and the findings that they must
 * give. Shares no code with the service.
 */
import { createHash } from 'node:crypto';
import { copies, row, type TableRows, type Value } from './copy-rows.js';
import type { Owner } from './two-books.js';

const DAYS = 12;
const PER_DAY = 40;
const DAY_MS = 86_400_000;
/** So many days after a date. */
export const dateAfter = (on: string, days: number): string =>
  new Date(Date.parse(on) + days * DAY_MS).toISOString().slice(0, 10);
const dayOf = (day: number): string => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
const digest = (text: string): string => createHash('md5').update(text).digest('hex');
const uuid = (text: string): string =>
  digest(text).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

interface Operation {
  id: string;
  aggregate: string;
  isPayout: boolean;
  result: string;
  amount: number;
  fee: number;
  ref: string;
  on: string;
  at: string;
  bookings: string[];
}
interface Line {
  kind: string;
  family: string;
  leg: string;
  ours: string | null;
  ref: string;
  amount: number;
  fee: number;
  currency: string;
  on: string;
  at: string;
  net: number;
  surcharge: number;
  original: readonly [amount: number, currency: string, rate: string] | null;
}

/** Numbers from a seed: the same seed, the same books. (mulberry32) */
const randomOf = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

export class FaultyBooks {
  readonly operations: Operation[] = [];
  readonly lines: Line[] = [];
  readonly bookings: { amount: number; currency: string; on: string; text: string }[] = [];
  /** `type key` of every finding that must come, and no other may; the key as `keyOf` has it. */
  readonly expected: string[] = [];
  private readonly random: (below: number) => number;
  private readonly touched = new Set<string>();
  /** A day whose report never came; no other fault hits it. */
  private readonly dark = 5;

  constructor(
    private readonly seed: number,
    faults: readonly ((books: FaultyBooks) => void)[],
  ) {
    this.random = randomOf(seed);
    for (let index = 0; index < DAYS * PER_DAY; index++) this.add(index);
    for (let round = 0; round < 2; round++) for (const fault of faults) fault(this);
    this.darken();
    this.pay();
  }

  private add(index: number): void {
    const day = Math.floor(index / PER_DAY);
    const isPayout = this.random(4) === 0;
    const amount = 10_000 + index * 11 + this.random(10);
    const id = `op_${this.seed}_${index}`;
    const at = new Date(Date.UTC(2026, 0, 1 + day, 9) + (index % PER_DAY) * 60_000).toISOString();
    const fee = isPayout ? 0 : Math.floor(amount / 40);
    const operation = {
      ...{ id, aggregate: `pi_${id}`, isPayout, result: 'succeeded', amount, fee, ref: `mp_${id}` },
      ...{ on: dayOf(day), at, bookings: [id] },
    };
    this.operations.push(operation);
    this.lines.push(this.lineOf(operation, this.random(10) === 0 ? null : id));
  }

  lineOf({ id, isPayout, amount, fee, ref, on, at }: Operation, ours: string | null = id): Line {
    const net = (isPayout ? -amount : amount) - fee;
    const [kind, family] = isPayout ? ['payout', 'payout'] : ['sale', 'charge'];
    const money = { amount, fee, currency: 'TRY', net, surcharge: 0, original: null };
    return { kind, family, leg: 'payment', ours, ref, on, at, ...money };
  }

  /** A movement that no fault has touched, with its line. */
  take(wanted: 'charge' | 'payout'): { operation: Operation; line: Line } {
    const free = this.operations.filter(
      ({ id, isPayout, on }) =>
        !this.touched.has(id) && isPayout === (wanted === 'payout') && on !== dayOf(this.dark),
    );
    const operation = free[this.random(free.length)];
    const line = this.lines.find(({ ref }) => ref === operation?.ref);
    if (operation === undefined || line === undefined) throw new Error('the book is too small');
    this.touched.add(operation.id);
    return { operation, line };
  }

  drop(line: Line): void {
    this.lines.splice(this.lines.indexOf(line), 1);
  }

  expect(type: string, key: string): void {
    this.expected.push(`${type} ${key}`);
  }

  private darken(): void {
    const on = dayOf(this.dark);
    for (const line of this.lines.filter((each) => each.on === on)) this.drop(line);
    this.expect('report_missing', on);
    for (const { id } of this.operations.filter((each) => each.on === on)) this.expect('missing_at_psp', id);
  }

  /** Each date's settlement comes to the bank, by its name; but one is short and one never comes. */
  private pay(): void {
    const sums = new Map<string, number>();
    for (const { on, currency, net } of this.lines)
      sums.set(`${on} ${currency}`, (sums.get(`${on} ${currency}`) ?? 0) + net);
    const [unpaid, short] = [`${dayOf(2)} TRY`, `${dayOf(3)} TRY`];
    for (const [batch, net] of sums) {
      const [on = '', currency = ''] = batch.split(' ');
      if (batch === unpaid) continue;
      this.bookings.push({ amount: batch === short ? net - 1 : net, currency, on, text: `SETTLEMENT ${on}` });
    }
    this.expect('late_settlement', dayOf(2));
    this.expect('batch_sum_mismatch', dayOf(3));
    const stray = dayOf(20 + this.random(5));
    this.bookings.push({ amount: 7, currency: 'TRY', on: stray, text: 'THANK YOU' });
    this.expect('bank_deposit_unmatched', stray);
  }

  /** What is to be written, for one tenant. */
  tables({ tenantId, provider, connectionId }: Owner): readonly TableRows[] {
    const whose = [provider, connectionId];
    const operations = this.operations.map((o) =>
      row(
        ...[tenantId, o.id, o.aggregate, 1, ...whose, 'u1', o.isPayout ? 'payout' : 'sale'],
        ...[o.isPayout ? 'payout' : 'charge', o.result, o.amount, o.fee, 'TRY', o.ref, o.id, o.on, o.at],
      ),
    );
    let sequence = 0;
    const journal = this.operations.flatMap((o) =>
      o.bookings.map((reference) => {
        const [wallet, receivable] = ['users:u1:main', `psp:${connectionId}:receivable`];
        const isOut = o.isPayout && !reference.endsWith(':return');
        const sides = isOut ? [wallet, receivable] : [receivable, wallet];
        sequence++;
        return row(
          ...[tenantId, 'main', sequence, 0, sequence, o.isPayout ? 'captured' : 'posted', reference],
          ...[...sides, o.amount, 'TRY/2', o.at],
        );
      }),
    );
    const values = [tenantId, provider, connectionId].map((name) => `'${name}'`).join(', ');
    const known = `insert into reconciled_connection values (${values})`;
    return [
      { copy: copies.operation, rows: operations },
      { copy: copies.journal, rows: journal },
      ...this.fileTables([tenantId, ...whose]),
      { copy: known, rows: [] },
    ];
  }

  private fileTables([tenantId = '', ...whose]: readonly string[]): readonly TableRows[] {
    const names = [...new Set(this.lines.map(({ on }) => on)), 'statement'];
    const fileOf = (name: string): string => uuid(`${this.seed} ${name}`);
    const files = names.map((name) => {
      const [on, kind] = name === 'statement' ? [dayOf(0), 'statement'] : [name, 'settlement'];
      const hash = digest(fileOf(name)) + digest(name);
      return row(
        tenantId,
        fileOf(name),
        ...whose,
        name,
        hash,
        on,
        0,
        0,
        '{}',
        'bench',
        `${on}T23:00:00Z`,
        kind,
      );
    });
    const placed = (name: string, number: number): Value[] => {
      const key = uuid(`${this.seed} ${name} ${number}`);
      return [tenantId, fileOf(name), number, key, digest(key) + digest(name), ...whose, name];
    };
    const lines = this.lines.map((line, index) =>
      row(
        ...[
          ...placed(line.on, index + 1),
          line.kind,
          line.family,
          line.leg,
          line.ours,
          line.ref,
          line.amount,
        ],
        ...[
          line.fee,
          line.currency,
          line.leg === 'return' ? 'returned' : 'succeeded',
          line.on,
          line.at,
          'raw',
        ],
        ...[line.on, line.net, line.surcharge, ...(line.original ?? [null, null, null])],
      ),
    );
    const bookings = this.bookings.map(({ amount, currency, on, text }, index) =>
      row(...placed('statement', index + 1), 'TR1', amount, currency, on, '', text, text),
    );
    const wide = copies.line.replace('net)', 'net, surcharge, original_amount, original_currency, fx_rate)');
    return [
      { copy: copies.file, rows: files },
      { copy: wide, rows: lines },
      { copy: copies.booking, rows: bookings },
    ];
  }
}
