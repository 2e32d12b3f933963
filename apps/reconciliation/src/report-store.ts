import type { Transaction } from '@defter/platform';
import { columns } from './columns.js';
import { uuidOf } from './digest.js';
import { fileTables } from './file-tables.js';
import type { BankRow } from './file-tables.js';
import type { LineRow, Source } from './report-rows.js';

const LINES_PER_STATEMENT = 5_000;

/** The same bytes under another name are still the same report. */
const KNOWN_AS = `
  select report_ref, superseded_by from report_file
   where tenant_id = $1 and provider = $2 and connection_id = $3 and content_hash = $4`;

/** A version that was given out when its day was over was to last; before that a file grows. */
const REPLACE_OLDER = `
  update report_file set superseded_by = $5
   where tenant_id = $1 and provider = $2 and connection_id = $3 and report_ref = $4
     and superseded_by is null and file_id <> $5
  returning (ingested_at at time zone $6)::date > business_on as was_final`;

/** A version that comes back (a provider puts the first one up again) counts again. */
const INSERT_FILE = `
  insert into report_file (tenant_id, file_id, provider, connection_id, report_ref, content_hash, business_on,
                           byte_count, line_count, totals, ingested_by, ingested_at, kind, format)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
  on conflict (tenant_id, file_id) do update set superseded_by = null`;

const FORGET_MATCHES = `
  delete from match m using report_file f
   where m.tenant_id = $1 and f.tenant_id = $1 and f.provider = $2 and f.connection_id = $3
     and f.report_ref = $4
     and f.superseded_by is not null and m.file_id = f.file_id`;

/** By whom and when a file is stored. */
export interface Ingestion extends Source {
  readonly tenantId: string;
  readonly runId: string;
  readonly at: Date;
}

/** What a file is, beside its lines. */
export interface FileHead {
  /** The same for every version of the same report. */
  readonly reportRef: string;
  /** Where the lines don't say it: of an empty report. */
  readonly businessOn: string;
  readonly contentHash: string;
  readonly byteCount: number;
  readonly format: string;
}

type Rows<R> = Iterable<R> | AsyncIterable<R>;
export type FileLines =
  | { readonly kind: 'settlement'; readonly rows: Rows<LineRow> }
  | { readonly kind: 'statement'; readonly rows: Rows<BankRow> };

/** `reissued`: it replaced another version that was to last. */
export type Stored = { readonly outcome: 'known' | 'new' | 'reissued'; readonly lines: number };

/**
 * Stores a file once: the same bytes again add nothing. Another version of the same report replaces the
 * older one, whose matches are given up, so that a correction never doubles anything. What the rows throw,
 * it throws; the caller then undoes its writes.
 */
export async function storeFile(
  tx: Transaction,
  ingestion: Ingestion,
  { head, ...file }: FileLines & { readonly head: FileHead },
): Promise<Stored> {
  const { tenantId, provider, connectionId, zone } = ingestion;
  const source = [tenantId, provider, connectionId];
  const [known] = await tx.query<{ report_ref: string; superseded_by: string | null }>(KNOWN_AS, [
    ...source,
    head.contentHash,
  ]);
  const counts = known !== undefined && (known.report_ref !== head.reportRef || known.superseded_by === null);
  if (counts) return { outcome: 'known', lines: 0 };
  const fileId = uuidOf(provider, connectionId, head.contentHash);
  const totals = new Totals();
  if (known === undefined) await insertLines(tx, { ingestion, file, fileId, head }, totals);
  const named = [...source, head.reportRef];
  const replaced = await tx.query<{ was_final: boolean }>(REPLACE_OLDER, [...named, fileId, zone]);
  await tx.query(INSERT_FILE, fileParameters({ ingestion, file, fileId, head }, totals));
  await tx.query(FORGET_MATCHES, named);
  return { outcome: replaced.some((old) => old.was_final) ? 'reissued' : 'new', lines: totals.lines };
}

interface Storing {
  readonly ingestion: Ingestion;
  readonly file: FileLines;
  readonly fileId: string;
  readonly head: FileHead;
}

async function insertLines(
  tx: Transaction,
  { ingestion, file, fileId, head }: Storing,
  totals: Totals,
): Promise<void> {
  const { tenantId, provider, connectionId } = ingestion;
  const table = fileTables[file.kind];
  let rows: (LineRow | BankRow)[] = [];
  const flush = async (): Promise<void> => {
    const values = columns(rows, table.columns as readonly never[]);
    await tx.query(table.insert, [tenantId, fileId, provider, connectionId, head.reportRef, ...values]);
    rows = [];
  };
  for await (const row of file.rows) {
    totals.add(row);
    rows.push(row);
    if (rows.length >= LINES_PER_STATEMENT) await flush();
  }
  if (rows.length > 0) await flush();
}

function fileParameters({ ingestion, file, fileId, head }: Storing, totals: Totals): unknown[] {
  const { tenantId, provider, connectionId, runId, at } = ingestion;
  const { reportRef, contentHash, byteCount, format } = head;
  return [
    ...[tenantId, fileId, provider, connectionId, reportRef, contentHash],
    ...[totals.lastOn ?? head.businessOn, byteCount, totals.lines, JSON.stringify(totals), runId, at],
    ...[file.kind, format],
  ];
}

/** What a file adds up to, per currency; amounts as text. */
class Totals {
  lines = 0;
  lastOn: string | undefined;
  private readonly sums = new Map<string, { lines: number; amount: bigint; fee: bigint }>();

  add(row: LineRow | BankRow): void {
    const on = 'booked_on' in row ? row.booked_on : row.business_on;
    if (this.lastOn === undefined || on > this.lastOn) this.lastOn = on;
    this.lines++;
    const sum = this.sums.get(row.currency) ?? { lines: 0, amount: 0n, fee: 0n };
    const fee = 'fee' in row ? BigInt(row.fee) : 0n;
    const amount = sum.amount + BigInt(row.amount);
    this.sums.set(row.currency, { lines: sum.lines + 1, amount, fee: sum.fee + fee });
  }

  toJSON(): object {
    const texts = [...this.sums].map(([currency, { lines, amount, fee }]) => {
      return [currency, { lines, amount: `${amount}`, fee: `${fee}` }] as const;
    });
    return Object.fromEntries(texts);
  }
}
