import type { Transaction } from '@defter/platform';
import { chunks, columns } from '../columns.js';
import { uuidOf } from '../digest.js';
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

const INSERT_LINES = `
  insert into report_line (tenant_id, file_id, provider, connection_id, report_ref, line_number, line_key,
    line_hash,
                           kind, family, leg, operation_id, provider_ref, amount, fee, currency, status,
                             business_on,
                           occurred_at, raw)
  values ($1, $2, $3, $4, $5, unnest($6::int[]), unnest($7::uuid[]), unnest($8::text[]), unnest($9::text[]),
          unnest($10::text[]), unnest($11::text[]), unnest($12::text[]), unnest($13::text[]),
            unnest($14::numeric[]),
          unnest($15::numeric[]), unnest($16::text[]), unnest($17::text[]), unnest($18::date[]),
          unnest($19::timestamptz[]), unnest($20::text[]))`;

const lineColumns = [
  ...([
    'line_number',
    'line_key',
    'line_hash',
    'kind',
    'family',
    'leg',
    'operation_id',
    'provider_ref',
  ] as const),
  ...(['amount', 'fee', 'currency', 'status', 'business_on', 'occurred_at', 'raw'] as const),
] as const satisfies readonly (keyof LineRow)[];

/** By whom and when a report is stored. */
export interface Ingestion extends Source {
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
