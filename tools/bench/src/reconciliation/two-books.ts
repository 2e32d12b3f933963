/**
 * Our side and the provider's of the same made-up movements, as lines of COPY, with a known number of
 * faults. The same size makes the same books.
 */
import { createHash } from 'node:crypto';
import { copies, row, type TableRows } from './copy-rows.js';

/** Whose books they are. */
export interface Owner {
  readonly tenantId: string;
  readonly provider: string;
  readonly connectionId: string;
}

/** The provider's lines stand in so many files, one a day. */
export const FILES = 30;
const EVERY = 1_000;
const FIRST_DAY_MS = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

/** What is wrong with one movement of a thousand, and the finding that must come of it. */
const FAULTS = {
  lineMissing: 'missing_at_psp',
  strangerSettled: 'missing_in_ledger',
  wrongAmount: 'amount_mismatch',
  wrongAmountWithoutOurId: 'amount_mismatch',
  settledTwice: 'duplicate_settlement_line',
  notBooked: 'missing_in_ledger',
  wrongFee: 'fee_mismatch',
  wrongCurrency: 'currency_mismatch',
  /** Explained, and so no finding. */
  netOfFee: undefined,
} as const;

type Fault = keyof typeof FAULTS;
const faultNames = Object.keys(FAULTS) as Fault[];

const faultOf = (index: number): Fault | undefined => faultNames[index % EVERY];

/** Findings that books of this size must give, by type. */
export function expectedFindings(size: number): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let index = 0; index < size; index++) {
    const fault = faultOf(index);
    const type = fault && FAULTS[fault];
    if (type !== undefined) counts[type] = (counts[type] ?? 0) + 1;
  }
  return { ...counts, batch_sum_mismatch: 1 };
}

interface Movement {
  readonly index: number;
  readonly operationId: string;
  readonly providerRef: string;
  readonly isPayout: boolean;
  readonly amount: number;
  readonly fee: number;
  readonly on: string;
  readonly at: string;
}

function movement(index: number): Movement {
  // Faults hit charges: a payout has no fee that could be wrong.
  const isPayout = index % 7 === 6 && faultOf(index) === undefined;
  const amount = 10_000 + ((index * 37) % 90_000);
  const at = new Date(FIRST_DAY_MS + (index % FILES) * DAY_MS + (index % 60_000) * 1_000).toISOString();
  return {
    ...{ index, operationId: `op_${digest(`o${index}`)}`, providerRef: `mp_${digest(`p${index}`)}` },
    ...{ isPayout, amount, fee: isPayout ? 0 : Math.floor(amount / 40), on: at.slice(0, 10), at },
  };
}

const digest = (text: string): string => createHash('md5').update(text).digest('hex');
const uuid = (text: string): string =>
  digest(text).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
const fileId = (file: number): string => uuid(`file ${file}`);
/** All tables of both books, in the order in which they can be written. */
export function booksOf(owner: Owner, size: number): readonly TableRows[] {
  const { tenantId, provider, connectionId } = owner;
  const known = `insert into reconciled_connection values ('${tenantId}', '${provider}', '${connectionId}')`;
  return [
    { copy: copies.operation, rows: operations(owner, size) },
    { copy: copies.journal, rows: journal(owner, size) },
    { copy: copies.file, rows: files(owner) },
    { copy: copies.line, rows: lines(owner, size) },
    { copy: copies.booking, rows: bookings(owner, size) },
    { copy: known, rows: [] },
  ];
}

function* operations({ tenantId, provider, connectionId }: Owner, size: number): Generator<string> {
  for (let index = 0; index < size; index++) {
    const { operationId, providerRef, isPayout, amount, fee, on, at } = movement(index);
    const [kind, family] = isPayout ? ['payout', 'payout'] : ['sale', 'charge'];
    yield row(
      ...[
        tenantId,
        operationId,
        `pi_${index}`,
        1,
        provider,
        connectionId,
        `u${index % 50_000}`,
        kind,
        family,
      ],
      ...['succeeded', amount, fee, 'TRY', providerRef, operationId, on, at],
    );
  }
}

function* journal({ tenantId, connectionId }: Owner, size: number): Generator<string> {
  for (let index = 0; index < size; index++) {
    if (faultOf(index) === 'notBooked') continue;
    const { operationId, isPayout, amount, at } = movement(index);
    const [wallet, receivable] = [`users:u${index % 50_000}:main`, `psp:${connectionId}:receivable`];
    const [source, destination] = isPayout ? [wallet, receivable] : [receivable, wallet];
    const moved = isPayout ? 'captured' : 'posted';
    yield row(
      ...[tenantId, 'main', index + 1, 0, index + 1, moved, operationId, source, destination, amount],
      ...['TRY/2', at],
    );
  }
}

function* files({ tenantId, provider, connectionId }: Owner): Generator<string> {
  // The last one is the bank's statement.
  for (let file = 0; file <= FILES; file++) {
    const on = new Date(FIRST_DAY_MS + file * DAY_MS).toISOString().slice(0, 10);
    const [kind, name] = file < FILES ? ['settlement', `settlement-${on}`] : ['statement', 'statement-1'];
    const hash = createHash('sha256').update(fileId(file)).digest('hex');
    yield row(
      ...[tenantId, fileId(file), provider, connectionId, name, hash, on, 0, 0, '{}'],
      ...['bench', `${on}T23:00:00Z`, kind],
    );
  }
}

interface ProviderLine extends Movement {
  readonly currency: string;
  readonly ours: string | null;
}

/** The provider's lines of a movement: usually one. */
function linesOf(index: number): readonly ProviderLine[] {
  const of = movement(index);
  const fault = faultOf(index);
  // A tenth of the lines has only the provider's reference.
  const line = { ...of, currency: 'TRY', ours: index % 10 === 9 ? null : of.operationId };
  switch (fault) {
    case 'lineMissing':
      return [];
    case 'settledTwice':
      return [line, line];
    case 'strangerSettled':
      return [line, { ...line, ours: `op_${digest(`s${index}`)}`, providerRef: `mp_${digest(`s${index}`)}` }];
    case 'wrongAmount':
      return [{ ...line, amount: of.amount + 1 }];
    case 'wrongAmountWithoutOurId':
      return [{ ...line, amount: of.amount + 1, ours: null }];
    case 'wrongFee':
      return [{ ...line, fee: of.fee + 1 }];
    case 'wrongCurrency':
      return [{ ...line, currency: 'USD' }];
    case 'netOfFee':
      return [{ ...line, amount: of.amount - of.fee }];
    default:
      return [line];
  }
}

const netOf = ({ isPayout, amount, fee }: ProviderLine): number => (isPayout ? -amount : amount) - fee;

function* lines({ tenantId, provider, connectionId }: Owner, size: number): Generator<string> {
  let number = 0;
  for (let index = 0; index < size; index++) {
    for (const line of linesOf(index)) {
      const { isPayout, on, at, operationId, providerRef, amount, fee, currency, ours } = line;
      const [kind, file] = [isPayout ? 'payout' : 'sale', fileId(index % FILES)];
      const key = uuid(`line ${++number}`);
      const raw = [operationId, providerRef, kind, amount, fee, currency, at].join();
      yield row(
        ...[tenantId, file, number, key, digest(key) + digest(file), provider, connectionId],
        ...[`settlement-${on}`, kind, isPayout ? 'payout' : 'charge', 'payment', ours, providerRef, amount],
        ...[fee, currency, 'succeeded', on, at, raw, on, netOf(line)],
      );
    }
  }
}

/** Each date's settlement comes to the bank whole, the last one's a kuruş short. */
function* bookings({ tenantId, provider, connectionId }: Owner, size: number): Generator<string> {
  const sums = new Map<string, number>();
  for (let index = 0; index < size; index++) {
    for (const line of linesOf(index)) {
      const batch = `${line.on} ${line.currency}`;
      sums.set(batch, (sums.get(batch) ?? 0) + netOf(line));
    }
  }
  const batches = [...sums].sort();
  for (const [number, [batch, net]] of batches.entries()) {
    const [on = '', currency = ''] = batch.split(' ');
    const [key, file] = [uuid(`booking ${batch}`), fileId(FILES)];
    const amount = number === batches.length - 1 ? net - 1 : net;
    yield row(
      ...[tenantId, file, number + 1, key, digest(key) + digest(file), provider, connectionId],
      ...['statement-1', 'TR00', amount, currency, on, `STL-${on}`, `SETTLEMENT ${on}`, batch],
    );
  }
}
