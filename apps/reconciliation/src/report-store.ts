import type { Transaction } from '@defter/platform';
import { columns } from './columns.js';
import { uuidOf } from './digest.js';
import { fileTables } from './file-tables.js';
import type { BankRow } from './file-tables.js';
import type { LineRow, Source } from './report-rows.js';

const LINES_PER_STATEMENT = 5_000;

/** Versions with this content, read in this way; of files from before nobody noted by which mapping. */
const SAME_CONTENT = `
  select file_id, report_ref, superseded_by is null as counts from report_file
   where tenant_id = $1 and provider = $2 and connection_id = $3 and kind = $4 and content_hash = $5
     and (read_as = $6 or read_as is null and format = $7)
   order by superseded_by is null desc, report_ref = $8 desc`;

/** A version that was given out when its day was over was to last; before that a file grows. */
const REPLACE_OLDER = `
  update report_file set superseded_by = $6
   where tenant_id = $1 and provider = $2 and connection_id = $3 and kind = $4 and report_ref = $5
     and superseded_by is null and file_id <> $6
  returning (ingested_at at time zone $7)::date > business_on as was_final, totals`;

/** A version that comes back (a provider puts the first one up again) counts again. */
const COUNT_AGAIN = `
  update report_file set superseded_by = null, counts_since = now() where tenant_id = $1 and file_id = $2
  returning totals, business_on`;

const INSERT_FILE = `
  insert into report_file (tenant_id, file_id, provider, connection_id, report_ref, content_hash, business_on,
                           byte_count, line_count, totals, ingested_by, ingested_at, kind, format, read_as)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`;

const FORGET_MATCHES = `
  delete from match m using report_file f
   where m.tenant_id = $1 and f.tenant_id = $1 and f.provider = $2 and f.connection_id = $3
     and f.kind = $4 and f.report_ref = $5
     and f.superseded_by is not null and m.file_id = f.file_id`;

/** The dates of the version that counts, where it has no date in common with the new one's lines. */
const OTHER_PERIOD = `
  select min(l.business_on) as first_on, max(l.business_on) as last_on
    from report_file f join report_line l on l.tenant_id = $1 and l.file_id = f.file_id
   where f.tenant_id = $1 and f.provider = $2 and f.connection_id = $3 and f.kind = $4 and f.report_ref = $5
     and f.superseded_by is null and f.file_id <> $6
  having max(l.business_on) <
         (select min(business_on) from report_line where tenant_id = $1 and file_id = $6)
      or min(l.business_on) >
         (select max(business_on) from report_line where tenant_id = $1 and file_id = $6)`;

/** By whom and when a file is stored. */
export interface Ingestion extends Source {
  readonly tenantId: string;
  readonly runId: string;
  readonly at: Date;
}

/** What a file is, beside its lines. */
export interface FileHead {
  /** With connection and kind it names the report: the same for every version of it. */
  readonly reportRef: string;
  /** Where the lines don't say it: of an empty report. */
  readonly businessOn: string;
  readonly contentHash: string;
  readonly byteCount: number;
  readonly format: string;
  /** How the content is read, where the format doesn't say it: the same bytes by another mapping differ. */
  readonly readAs?: string;
  /** The name is only what somebody called it: it replaces nothing about other dates. */
  readonly samePeriod?: boolean;
}

type Rows<R> = Iterable<R> | AsyncIterable<R>;
export type FileLines =
  | { readonly kind: 'settlement'; readonly rows: Rows<LineRow> }
  | { readonly kind: 'statement'; readonly rows: Rows<BankRow> };

/** Per currency, amounts as text. */
export type FileTotals = Readonly<Record<string, { lines: number; amount: string; fee: string }>>;

/**
 * `known`: its content counts already, perhaps under another name. `new`: no other version of the report
 * counted, or one that was still growing. `reissued`: it replaced a version that was to last.
 */
export interface Stored {
  readonly outcome: 'known' | 'new' | 'reissued';
  /** So many count because of it: also those that were here, and count again. 0 where it adds nothing. */
  readonly lines: number;
  /** The report as which the content counts. */
  readonly countsAs: string;
  /** Of what was replaced, and of what counts now. */
  readonly change?: { readonly before: FileTotals; readonly after: FileTotals };
  /** The last date of its lines. */
  readonly businessOn?: string;
}

/** Thrown for a file whose name stands for a report of other dates; the caller undoes its writes. */
export class NameTaken extends Error {
  constructor(
    readonly firstOn: string,
    readonly lastOn: string,
  ) {
    super(`the name stands for a report of ${firstOn} to ${lastOn}`);
  }
}

interface Same {
  readonly file_id: string;
  readonly report_ref: string;
  readonly counts: boolean;
}

/**
 * Stores a file once: content that counts already adds nothing. Another version of the same report replaces
 * the older one, whose matches are given up, so that a correction never doubles anything; a version that was
 * replaced counts again when it comes again. What the rows throw, it throws; the caller then undoes its
 * writes. @throws NameTaken
 */
export async function storeFile(
  tx: Transaction,
  ingestion: Ingestion,
  { head, ...file }: FileLines & { readonly head: FileHead },
): Promise<Stored> {
  const { tenantId, provider, connectionId, zone } = ingestion;
  const { reportRef, contentHash, format, readAs = format } = head;
  const source = [tenantId, provider, connectionId, file.kind];
  const content = [contentHash, readAs, format, reportRef];
  const same = await tx.query<Same>(SAME_CONTENT, [...source, ...content]);
  const counting = same.find(({ counts }) => counts);
  if (counting !== undefined) return { outcome: 'known', lines: 0, countsAs: counting.report_ref };
  const before = same.find(({ report_ref }) => report_ref === reportRef);
  const fileId = before?.file_id ?? uuidOf(provider, connectionId, file.kind, reportRef, contentHash, readAs);
  const storing = { ingestion, file, fileId, head };
  const totals = new Totals();
  if (before === undefined) await insertLines(tx, storing, totals);
  const named = [...source, reportRef];
  if (head.samePeriod === true) await expectSamePeriod(tx, [...named, fileId]);
  const replaced = await tx.query<Replaced>(REPLACE_OLDER, [...named, fileId, zone]);
  const now = before === undefined ? await insertFile(tx, storing, totals) : await countAgain(tx, storing);
  await tx.query(FORGET_MATCHES, named);
  const [old] = replaced.filter(({ was_final }) => was_final);
  return {
    ...{ outcome: old === undefined ? 'new' : 'reissued', lines: now.lines, countsAs: reportRef },
    ...(old !== undefined && { change: { before: old.totals, after: now.totals } }),
    businessOn: now.businessOn,
  };
}

interface Replaced {
  readonly was_final: boolean;
  readonly totals: FileTotals;
}

async function expectSamePeriod(tx: Transaction, named: readonly string[]): Promise<void> {
  const [other] = await tx.query<{ first_on: string; last_on: string }>(OTHER_PERIOD, named);
  if (other !== undefined) throw new NameTaken(other.first_on, other.last_on);
}

interface Counting {
  readonly lines: number;
  readonly totals: FileTotals;
  readonly businessOn: string;
}

async function insertFile(tx: Transaction, storing: Storing, totals: Totals): Promise<Counting> {
  await tx.query(INSERT_FILE, fileParameters(storing, totals));
  const businessOn = totals.lastOn ?? storing.head.businessOn;
  return { lines: totals.lines, totals: totals.toJSON(), businessOn };
}

async function countAgain(tx: Transaction, { ingestion, fileId, head }: Storing): Promise<Counting> {
  const values = [ingestion.tenantId, fileId];
  const [row] = await tx.query<{ totals: FileTotals; business_on: string }>(COUNT_AGAIN, values);
  const totals = row?.totals ?? {};
  const lines = Object.values(totals).reduce((sum, each) => sum + each.lines, 0);
  return { lines, totals, businessOn: row?.business_on ?? head.businessOn };
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
  const { reportRef, contentHash, byteCount, format, readAs = format } = head;
  return [
    ...[tenantId, fileId, provider, connectionId, reportRef, contentHash],
    ...[totals.lastOn ?? head.businessOn, byteCount, totals.lines, JSON.stringify(totals), runId, at],
    ...[file.kind, format, readAs],
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

  toJSON(): FileTotals {
    const texts = [...this.sums].map(([currency, { lines, amount, fee }]) => {
      return [currency, { lines, amount: `${amount}`, fee: `${fee}` }] as const;
    });
    return Object.fromEntries(texts);
  }
}
