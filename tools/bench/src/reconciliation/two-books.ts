/**
 * Our side and the provider's of the same made-up movements, as lines of COPY, with a known number of
 * faults. The same size makes the same books.
 */
import { createHash } from 'node:crypto';

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
  return counts;
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
const row = (...values: readonly (string | number | null)[]): string =>
  `${values.map((value) => value ?? '\\N').join('\t')}\n`;

/** Lines of COPY for one table. */
export interface TableRows {
  readonly copy: string;
  readonly rows: Iterable<string>;
}

/** All tables of both books, in the order in which they can be written. */
export function booksOf(owner: Owner, size: number): readonly TableRows[] {
  const { tenantId, provider, connectionId } = owner;
  const known = `insert into reconciled_connection values ('${tenantId}', '${provider}', '${connectionId}')`;
  return [
    {
      copy: `copy operation (tenant_id, operation_id, aggregate_id, aggregate_version, provider, connection_id,
        customer_id, kind, family, result, amount, fee, currency, provider_ref, ledger_reference, business_on,
        occurred_at) from stdin`,
      rows: operations(owner, size),
    },
    {
      copy: `copy journal_entry (tenant_id, ledger, sequence, posting_number, transaction_id, movement,
        reference, source, destination, amount, asset, recorded_at) from stdin`,
      rows: journal(owner, size),
    },
    {
      copy: `copy report_file (tenant_id, file_id, provider, connection_id, report_ref, content_hash,
        business_on, byte_count, line_count, totals, ingested_by, ingested_at) from stdin`,
      rows: files(owner),
    },
    {
      copy: `copy report_line (tenant_id, file_id, line_number, line_key, line_hash, provider, connection_id,
        report_ref, kind, family, leg, operation_id, provider_ref, amount, fee, currency, status, business_on,
        occurred_at, raw) from stdin`,
      rows: lines(owner, size),
    },
    { copy: known, rows: [] },
  ];
}

function* operations({ tenantId, provider, connectionId }: Owner, size: number): Generator<string> {
  for (let index = 0; index < size; index++) {
    const { operationId, providerRef, isPayout, amount, fee, on, at } = movement(index);
    const [kind, family] = isPayout ? ['payout', 'payout'] : ['sale', 'charge'];
    yield row(
      ...[tenantId, operationId, `pi_${index}`, 1, provider, connectionId, `u${index % 50_000}`, kind, family],
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
  for (let file = 0; file < FILES; file++) {
    const on = new Date(FIRST_DAY_MS + file * DAY_MS).toISOString().slice(0, 10);
    const hash = createHash('sha256').update(fileId(file)).digest('hex');
    yield row(
      ...[tenantId, fileId(file), provider, connectionId, `settlement-${on}`, hash, on, 0, 0, '{}'],
      ...['bench', `${on}T23:00:00Z`],
    );
  }
}

function* lines({ tenantId, provider, connectionId }: Owner, size: number): Generator<string> {
  let number = 0;
  const lineOf = (of: Movement, change: Partial<Movement> & { currency?: string; ours?: string | null }) => {
    const { index, isPayout, on, at, operationId } = of;
    const { providerRef, amount, fee, currency = 'TRY', ours = operationId } = { ...of, ...change };
    const [kind, file] = [isPayout ? 'payout' : 'sale', fileId(index % FILES)];
    const key = uuid(`line ${++number}`);
    const hash = digest(key) + digest(file);
    const raw = [operationId, providerRef, kind, amount, fee, currency, at].join();
    return row(
      ...[tenantId, file, number, key, hash, provider, connectionId, `settlement-${on}`, kind],
      ...[isPayout ? 'payout' : 'charge', 'payment', ours, providerRef, amount, fee, currency, 'succeeded'],
      ...[on, at, raw],
    );
  };
  for (let index = 0; index < size; index++) {
    const of = movement(index);
    const fault = faultOf(index);
    // A tenth of the lines has only the provider's reference.
    const ours = index % 10 === 9 ? null : of.operationId;
    if (fault === 'lineMissing') continue;
    yield lineOf(of, { ours, ...changes(of, fault) });
    if (fault === 'settledTwice') yield lineOf(of, { ours });
    if (fault === 'strangerSettled') {
      const stranger = { ...of, operationId: `op_${digest(`s${index}`)}` };
      yield lineOf(stranger, { providerRef: `mp_${digest(`s${index}`)}` });
    }
  }
}

function changes(of: Movement, fault: Fault | undefined): Parameters<typeof Object.assign>[1] {
  switch (fault) {
    case 'wrongAmount':
      return { amount: of.amount + 1 };
    case 'wrongAmountWithoutOurId':
      return { amount: of.amount + 1, ours: null };
    case 'wrongFee':
      return { fee: of.fee + 1 };
    case 'wrongCurrency':
      return { currency: 'USD' };
    case 'netOfFee':
      return { amount: of.amount - of.fee };
    default:
      return {};
  }
}
