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

  constructor(private readonly seed: number) {
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
    for (const [batch, net] of sums) {
      const [on = '', currency = ''] = batch.split(' ');
      if (currency === 'TRY' && on === dayOf(2)) {
        this.expect('late_settlement', on);
        continue;
      }
      const isShort = currency === 'TRY' && on === dayOf(3);
      if (isShort) this.expect('batch_sum_mismatch', on);
      this.bookings.push({ amount: isShort ? net - 1 : net, currency, on, text: `SETTLEMENT ${on}` });
    }
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
    const known = `insert into reconciled_connection values ('${tenantId}', '${provider}', '${connectionId}')`;
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

const faults: readonly ((books: FaultyBooks) => void)[] = [
  function lineMissing(books) {
    const { operation, line } = books.take('charge');
    books.drop(line);
    books.expect('missing_at_psp', operation.id);
  },
  function strangerSettled(books) {
    const { operation, line } = books.take('charge');
    const stranger = {
      ...line,
      ours: `${operation.id}_x`,
      ref: `${operation.ref}_x`,
      amount: line.amount + 3,
    };
    books.lines.push(stranger);
    books.expect('missing_in_ledger', stranger.ours);
  },
  function wrongAmount(books) {
    const { operation, line } = books.take('payout');
    Object.assign(line, { amount: line.amount + 1, net: line.net - 1 });
    books.expect('amount_mismatch', operation.id);
  },
  function wrongAmountWithoutOurId(books) {
    const { operation, line } = books.take('charge');
    Object.assign(line, { amount: line.amount + 1, net: line.net + 1, ours: null });
    books.expect('amount_mismatch', operation.id);
  },
  function wrongCurrency(books) {
    const { operation, line } = books.take('charge');
    line.currency = 'USD';
    books.expect('currency_mismatch', operation.id);
  },
  function exchanged(books) {
    const { operation, line } = books.take('charge');
    const amount = Math.round(operation.amount / 50);
    Object.assign(line, { currency: 'EUR', amount, original: [operation.amount, 'TRY', '0.02'] });
  },
  function exchangedWrongly(books) {
    const { operation, line } = books.take('charge');
    const amount = Math.round(operation.amount / 50) + 2;
    Object.assign(line, { currency: 'EUR', amount, original: [operation.amount, 'TRY', '0.02'] });
    books.expect('fx_mismatch', operation.id);
  },
  function withInstalments(books) {
    const { line } = books.take('charge');
    Object.assign(line, { amount: line.amount + 300, surcharge: 300, net: line.net + 300 });
  },
  function netOfFee(books) {
    const { line } = books.take('charge');
    line.amount -= line.fee;
  },
  function wrongFee(books) {
    const { operation, line } = books.take('charge');
    Object.assign(line, { fee: line.fee + 1, net: line.net - 1 });
    books.expect('fee_mismatch', operation.id);
  },
  function settledTwice(books) {
    const { operation, line } = books.take('payout');
    books.lines.push({ ...line });
    books.expect('duplicate_settlement_line', operation.id);
  },
  function settledThoughDeclined(books) {
    const { operation } = books.take('payout');
    Object.assign(operation, { result: 'declined', bookings: [] });
    books.expect('status_mismatch', operation.id);
  },
  function notBooked(books) {
    const { operation } = books.take('charge');
    operation.bookings = [];
    books.expect('missing_in_ledger', operation.id);
  },
  function chargedTwice(books) {
    const { operation } = books.take('charge');
    const id = `${operation.id}_again`;
    const at = new Date(Date.parse(operation.at) + 1_000).toISOString();
    const again = { ...operation, id, ref: `mp_${id}`, at, bookings: [id] };
    books.operations.push(again);
    books.lines.push(books.lineOf(again));
    books.expect('duplicate_charge', id);
  },
  function payoutReturned(books) {
    const { operation, line } = books.take('payout');
    Object.assign(operation, { result: 'returned', bookings: [operation.id, `${operation.id}:return`] });
    books.lines.push({ ...line, leg: 'return', net: line.amount });
    books.expect('payout_returned', operation.id);
  },
  function settledLate(books) {
    const { operation, line } = books.take('charge');
    line.on = new Date(Date.parse(line.on) + 13 * DAY_MS).toISOString().slice(0, 10);
    books.expect('late_settlement', operation.id);
  },
  function withoutAnyName(books) {
    Object.assign(books.take('charge').line, { ours: null, ref: '' });
  },
];
