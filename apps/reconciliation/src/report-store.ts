import type { Transaction } from '@defter/platform';
import { chunks, columns } from './columns.js';
import { uuidOf } from './digest.js';
import { type LineRow, type ReadReport, type Source, totalsOf } from './report-rows.js';

const LINES_PER_STATEMENT = 5_000;

/** The same bytes under another name are still the same report. */
const KNOWN_AS_OTHER = `
  select report_ref from report_file
   where tenant_id = $1 and provider = $2 and connection_id = $3 and content_hash = $5 and report_ref <> $4`;

const REPLACE_OLDER = `
  update report_file set superseded_by = $5
   where tenant_id = $1 and provider = $2 and connection_id = $3 and report_ref = $4
     and superseded_by is null and file_id <> $5`;

/** A version that comes back (a provider puts the first one up again) counts again. */
const INSERT_FILE = `
  insert into report_file (tenant_id, file_id, provider, connection_id, report_ref, content_hash, business_on,
                           byte_count, line_count, totals, ingested_by, ingested_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
  on conflict (tenant_id, file_id) do update set superseded_by = null
  returning (xmax = 0) as is_new`;

const FORGET_MATCHES = `
  delete from match m using report_file f
   where m.tenant_id = $1 and f.tenant_id = $1 and f.provider = $2 and f.connection_id = $3
     and f.report_ref = $4
     and f.superseded_by is not null and m.file_id = f.file_id`;

/** In the order of the table's columns after those that all lines of a file share. */
const lineTypes = {
  ...{ line_number: 'int', line_key: 'uuid', line_hash: 'text', kind: 'text', family: 'text', leg: 'text' },
  ...{ operation_id: 'text', provider_ref: 'text', amount: 'numeric', fee: 'numeric', currency: 'text' },
  ...{ status: 'text', business_on: 'date', occurred_at: 'timestamptz', raw: 'text', batch_ref: 'text' },
  ...{ net: 'numeric', surcharge: 'numeric', original_amount: 'numeric', original_currency: 'text' },
  fx_rate: 'numeric',
} as const satisfies Record<keyof LineRow, string>;

const lineColumns = Object.keys(lineTypes) as readonly (keyof LineRow)[];

const INSERT_LINES = `
  insert into report_line (tenant_id, file_id, provider, connection_id, report_ref, ${lineColumns.join(', ')})
  select $1, $2, $3, $4, $5, line.* from unnest(
    ${lineColumns.map((name, index) => `$${index + 6}::${lineTypes[name]}[]`).join(', ')}) as line`;

/** By whom and when a report is stored. */
export interface Ingestion extends Omit<Source, 'zone'> {
  readonly tenantId: string;
  readonly runId: string;
  readonly at: Date;
}

/**
 * Stores a report once: the same bytes again add nothing. Another version of the same report replaces the
 * older one, whose matches are given up, so that a correction never doubles anything.
 * @returns whether it was new
 */
export async function storeReport(
  tx: Transaction,
  ingestion: Ingestion,
  report: ReadReport,
): Promise<boolean> {
  const { tenantId, provider, connectionId } = ingestion;
  const source = [tenantId, provider, connectionId, report.ref.id];
  const known = await tx.query(KNOWN_AS_OTHER, [...source, report.contentHash]);
  if (known.length > 0) return false;
  const fileId = uuidOf(provider, connectionId, report.contentHash);
  await tx.query(REPLACE_OLDER, [...source, fileId]);
  const [file] = await tx.query<{ is_new: boolean }>(INSERT_FILE, fileParameters(fileId, ingestion, report));
  await tx.query(FORGET_MATCHES, source);
  if (file?.is_new !== true) return false;
  for (const rows of chunks(report.rows, LINES_PER_STATEMENT)) {
    await tx.query(INSERT_LINES, [
      tenantId,
      fileId,
      provider,
      connectionId,
      report.ref.id,
      ...columns(rows, lineColumns),
    ]);
  }
  return true;
}

function fileParameters(fileId: string, ingestion: Ingestion, report: ReadReport): unknown[] {
  const { tenantId, provider, connectionId, runId, at } = ingestion;
  const { ref, contentHash, byteCount, lines } = report;
  const totals = JSON.stringify(totalsOf(lines));
  return [
    ...[tenantId, fileId, provider, connectionId, ref.id, contentHash, ref.businessOn],
    ...[byteCount, lines.length, totals, runId, at],
  ];
}
