import type { Transaction } from '@defter/platform';
import type { FileFault } from '../formats/formats.js';
import type { Stored } from '../report-store.js';

/** A report that stands in a file, and what became of it. */
export interface ReportInFile {
  readonly name: string;
  readonly outcome: Stored['outcome'];
  readonly lines: number;
  /** As which its content counts already, when it adds nothing. */
  readonly known_as?: string;
}

/** A file that was handed in, as it is stored. */
export interface ReceivedFile {
  readonly file_id: string;
  readonly provider: string;
  readonly connection_id: string;
  readonly name: string;
  readonly format: string;
  readonly content_hash: string;
  readonly byte_count: bigint;
  readonly accepted: boolean;
  readonly refusals: readonly FileFault[];
  /** What it came to, report by report; null where it was refused or came before that was kept. */
  readonly reports: readonly ReportInFile[] | null;
  readonly received_by: string;
  readonly received_at: Date;
}

const columns = [
  ...['file_id', 'provider', 'connection_id', 'name', 'format', 'content_hash', 'byte_count', 'accepted'],
  ...['refusals', 'reports', 'received_by', 'received_at'],
];

export const RECEIVED_COLUMNS = columns.join(', ');

const INSERT = `
  insert into received_file (tenant_id, ${RECEIVED_COLUMNS})
  values ($1, ${columns.map((_, index) => `$${index + 2}`).join(', ')})`;

const KEEP_PART = `
  insert into received_file_part (tenant_id, file_id, part_number, bytes) values ($1, $2, $3, $4)`;

const READ_PART = `
  select bytes from received_file_part where tenant_id = $1 and file_id = $2 and part_number = $3`;

/** Keeps what was said about a file. */
export async function keepVerdict(tx: Transaction, tenantId: string, file: ReceivedFile): Promise<void> {
  const { file_id, provider, connection_id, name, format, content_hash, byte_count } = file;
  await tx.query(INSERT, [
    ...[tenantId, file_id, provider, connection_id, name, format, content_hash, byte_count],
    ...[file.accepted, JSON.stringify(file.refusals), file.reports && JSON.stringify(file.reports)],
    ...[file.received_by, file.received_at],
  ]);
}

/** Keeps a part of a file's bytes. */
export async function keepPart(
  tx: Transaction,
  [tenantId, fileId]: readonly [tenantId: string, fileId: string],
  part: { readonly number: number; readonly bytes: Uint8Array },
): Promise<void> {
  await tx.query(KEEP_PART, [tenantId, fileId, part.number, part.bytes]);
}

/** A file's bytes, part by part. */
export async function* partsOf(
  tx: Transaction,
  [tenantId, fileId]: readonly [tenantId: string, fileId: string],
): AsyncGenerator<Uint8Array> {
  for (let number = 1; ; number++) {
    const [part] = await tx.query<{ bytes: Uint8Array }>(READ_PART, [tenantId, fileId, number]);
    if (part === undefined) return;
    yield part.bytes;
  }
}
