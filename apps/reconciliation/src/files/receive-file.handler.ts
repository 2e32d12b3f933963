import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { UnreadableReport } from '@defter/payments-contracts';
import { CLOCK, CONFIG, Database, type Transaction } from '@defter/platform';
import { classifyReissue, classifyReport } from '@defter/reconciliation-domain';
import { dateIn } from '../business-day.js';
import type { Config } from '../config.js';
import type { ConnectionName } from '../connections.js';
import { bankRows } from '../file-tables.js';
import { FindingRecorder } from '../finding-recorder.js';
import {
  type FileFault,
  type FileFormat,
  FileRefused,
  isStatement,
  type Mapping,
  readSettlement,
  readStatements,
} from '../formats/formats.js';
import { RowMaker } from '../report-rows.js';
import { type FileLines, storeFile, type Stored } from '../report-store.js';
import type { Spooled } from './file-spool.js';
import { keepVerdict, partsOf } from './received-file.js';

/** A file that was handed in, and how it is to be read. */
export interface HandedIn extends ConnectionName {
  readonly name: string;
  readonly format: FileFormat;
  readonly by: string;
  readonly mapping?: Mapping;
}

type Read =
  | (Stored & { readonly accepted: true })
  | { readonly accepted: false; readonly faults: readonly FileFault[] };

const KNOW_CONNECTION = `
  insert into reconciled_connection (tenant_id, provider, connection_id) values ($1, $2, $3)
  on conflict (tenant_id, provider, connection_id) do update set steps = reconciled_connection.steps + 1`;

/**
 * Reads a file that is here in full, and uses all of it or nothing. One transaction, in which no step of a
 * run of the connection is under way; the verdict is kept either way.
 */
@Injectable()
export class ReceiveFile {
  constructor(
    private readonly database: Database,
    private readonly findings: FindingRecorder,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `onStored` is called before the commit. */
  async read(file: HandedIn, spooled: Spooled, onStored: () => void): Promise<Read> {
    const { tenantId, provider, connectionId } = file;
    return this.database.transaction(async (tx) => {
      await tx.query(KNOW_CONNECTION, [tenantId, provider, connectionId]);
      const read = await this.store(tx, file, spooled);
      await keepVerdict(tx, tenantId, {
        ...{ file_id: spooled.fileId, provider, connection_id: connectionId, name: file.name },
        ...{ format: file.format, content_hash: spooled.contentHash, byte_count: BigInt(spooled.byteCount) },
        ...{ accepted: read.accepted, refusals: read.accepted ? [] : read.faults },
        ...{ received_by: file.by, received_at: this.clock.now() },
      });
      await this.tell(tx, file, { spooled, read });
      onStored();
      return read;
    });
  }

  private today(): string {
    return dateIn(this.config.businessZone, this.clock.now());
  }

  private async store(tx: Transaction, file: HandedIn, spooled: Spooled): Promise<Read> {
    const zone = this.config.businessZone;
    const ingestion = { ...file, zone, runId: spooled.fileId, at: this.clock.now() };
    const head = {
      ...headOf(file, this.today()),
      contentHash: spooled.contentHash,
      byteCount: spooled.byteCount,
    };
    try {
      // A file that turns out to be wrong at its last line has written all the others.
      const stored = await tx.savepoint(async () => {
        const lines = await linesOf(file, zone, partsOf(tx, [file.tenantId, spooled.fileId]));
        return storeFile(tx, ingestion, { head, ...lines });
      });
      return { ...stored, accepted: true };
    } catch (error) {
      if (error instanceof FileRefused) return { accepted: false, faults: error.faults };
      if (error instanceof UnreadableReport)
        return { accepted: false, faults: [{ line: 0, reason: error.message }] };
      throw error;
    }
  }

  /** A refused file is a finding until one of its name is accepted; so is one that came again. */
  private async tell(
    tx: Transaction,
    file: HandedIn,
    { spooled, read }: { spooled: Spooled; read: Read },
  ): Promise<void> {
    const { reportRef, businessOn } = headOf(file, this.today());
    const cause = spooled.fileId;
    const sighting = { ...file, origin: 'report' as const, cause, at: this.clock.now() };
    const refusal = (reason: string) => ({
      ...classifyReport({ reportRef, businessOn, reason }),
      actionSentence: 'Nothing of this file was used. Hand in a correct one under the same name.',
    });
    if (!read.accepted) {
      const reason = read.faults.map((fault) => `line ${fault.line}: ${fault.reason}`).join('; ');
      await this.findings.observe(tx, sighting, [refusal(reason)]);
      return;
    }
    await this.findings.close(tx, sighting, [refusal('')]);
    if (read.outcome !== 'reissued') return;
    const { contentHash } = spooled;
    await this.findings.observe(tx, sighting, [classifyReissue({ reportRef, businessOn, contentHash })]);
  }
}

/** A file that isn't a day's report is of the day on which it was handed in, until its lines say theirs. */
const headOf = ({ name, format }: HandedIn, businessOn: string) =>
  ({ reportRef: `file:${name}`, format, businessOn }) as const;

async function linesOf(file: HandedIn, zone: string, bytes: AsyncIterable<Uint8Array>): Promise<FileLines> {
  const { format, mapping } = file;
  const source = { ...file, zone };
  if (isStatement(format)) {
    const statements = await readStatements(format, bytes);
    const lines = statements.flatMap((statement) => statement.lines);
    return { kind: 'statement', rows: bankRows(source, lines) };
  }
  const maker = new RowMaker(source, `file:${file.name}`);
  const rows = async function* () {
    for await (const line of readSettlement(format, bytes, mapping)) yield maker.row(line);
  };
  return { kind: 'settlement', rows: rows() };
}
