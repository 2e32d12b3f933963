import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { UnreadableReport } from '@defter/payments-contracts';
import { CLOCK, CONFIG, Database, type Transaction } from '@defter/platform';
import { classifyReissue, classifyReport } from '@defter/reconciliation-domain';
import { dateIn } from '../business-day.js';
import type { Config } from '../config.js';
import { FindingRecorder } from '../finding-recorder.js';
import { type FileFault, FileRefused, faultsText } from '../formats/formats.js';
import { NameTaken, storeFile, type Stored } from '../report-store.js';
import type { Spooled } from './file-spool.js';
import { keepVerdict, partsOf, type ReportInFile } from './received-file.js';
import { fileRef, type HandedIn, reportsIn, type ReportToStore } from './reports-in-file.js';

type StoredReport = Omit<ReportToStore, 'lines'> & Stored;

type Read =
  | {
      readonly accepted: true;
      readonly reports: readonly ReportInFile[];
      readonly stored: readonly StoredReport[];
    }
  | {
      readonly accepted: false;
      readonly code: 'file-refused' | 'file-name-taken';
      readonly faults: readonly FileFault[];
    };

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
        reports: read.accepted ? read.reports : null,
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
    const { byteCount } = spooled;
    const zone = this.config.businessZone;
    const ingestion = { ...file, zone, runId: spooled.fileId, at: this.clock.now() };
    const head = { businessOn: this.today(), byteCount, format: file.format };
    try {
      // A file that turns out to be wrong at its last line has written all the others.
      const stored = await tx.savepoint(async () => {
        const bytes = partsOf(tx, [file.tenantId, spooled.fileId]);
        const reports = await reportsIn(file, { zone, bytes, contentHash: spooled.contentHash });
        const all: StoredReport[] = [];
        for (const { lines, ...report } of reports) {
          const result = await storeFile(tx, ingestion, { head: { ...head, ...report }, ...lines });
          all.push({ ...report, ...result });
        }
        return all;
      });
      return { accepted: true, reports: stored.map(toReportInFile), stored };
    } catch (error) {
      return refusedBy(error);
    }
  }

  /** A refused file is a finding until one of its name is accepted; so is one that came again. */
  private async tell(
    tx: Transaction,
    file: HandedIn,
    { spooled, read }: { spooled: Spooled; read: Read },
  ): Promise<void> {
    const reportRef = fileRef(file);
    const businessOn = this.today();
    const cause = spooled.fileId;
    const sighting = { ...file, origin: 'report' as const, cause, at: this.clock.now() };
    const trouble = (reason: string) => ({
      ...classifyReport({ reportRef, businessOn, reason }),
      actionSentence: 'Nothing of this file was used. Hand in a correct one under the same name.',
    });
    // Of a name that is taken its caller hears; no report is wrong.
    if (!read.accepted && read.code === 'file-name-taken') return;
    if (!read.accepted) {
      const reason = faultsText(read.faults);
      await this.findings.observe(tx, sighting, [trouble(reason)]);
      return;
    }
    await this.findings.close(tx, sighting, [trouble('')]);
    const reissued = read.stored
      .filter(({ outcome }) => outcome === 'reissued')
      .map((report) => classifyReissue({ ...report, businessOn: report.businessOn ?? businessOn }));
    await this.findings.observe(tx, sighting, reissued);
  }
}

function toReportInFile({ reportRef, outcome, lines, countsAs }: StoredReport): ReportInFile {
  const named = { name: plainName(reportRef), outcome, lines };
  return outcome === 'known' ? { ...named, known_as: plainName(countsAs) } : named;
}

const plainName = (reportRef: string): string => reportRef.replace(/^(file|statement):/, '');

/** @throws whatever else it was */
function refusedBy(error: unknown): Read {
  if (error instanceof FileRefused) return refusal(error.faults);
  if (error instanceof UnreadableReport) return refusal([{ line: 0, reason: error.message }]);
  if (!(error instanceof NameTaken)) throw error;
  const { firstOn, lastOn } = error;
  const reason =
    `a file of this name, about ${firstOn} to ${lastOn}, is here, and this one has no date in common with ` +
    'it: hand it in under a name of its own or, if it replaces that one, with replace=true';
  return { accepted: false, code: 'file-name-taken', faults: [{ line: 0, reason }] };
}

const refusal = (faults: readonly FileFault[]): Read => ({ accepted: false, code: 'file-refused', faults });
