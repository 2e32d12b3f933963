import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@defter/platform';
import {
  type Classified,
  classifyReissue,
  classifyReport,
  nextRunStatus,
  type RunStatus,
} from '@defter/reconciliation-domain';
import { FindingRecorder, type Sighting } from '../finding-recorder.js';
import { storeFile } from '../report-store.js';
import type { FetchedFile } from './fetched-files.js';
import { ReportFetcher } from './report-fetcher.js';
import { type RunRow, sightingOf, sourceOf } from './run.js';
import { RunQueue } from './run-queue.js';

/** A report that can't be used, and why. */
interface RefusedFile {
  readonly file: FetchedFile;
  readonly reason: string;
}

/** Undoes what was stored of the others. */
class SomeRefused extends Error {
  constructor(readonly files: readonly [RefusedFile, ...RefusedFile[]]) {
    super('A report can’t be used');
  }
}

interface Stored {
  readonly files: number;
  readonly reissued: readonly Classified[];
}

/**
 * First step: fetches the provider's reports, with no transaction open, then stores them in one. A report
 * that can't be read or whose totals are off stops the run: nothing of any report is used, and a finding
 * says so.
 */
@Injectable()
export class IngestReports {
  constructor(
    private readonly database: Database,
    private readonly queue: RunQueue,
    private readonly fetcher: ReportFetcher,
    private readonly findings: FindingRecorder,
  ) {}

  /** @throws RunFailure when the connection is at fault; @throws RunTakenOver */
  async run(run: RunRow): Promise<RunStatus> {
    const { listed, names } = await this.fetcher.fetch(run, () => this.queue.reach('ingest.after-file'));
    this.queue.reach('ingest.after-fetch');
    const status = await this.database.transaction(async (tx) => {
      const at = await this.queue.enter(tx, run, 'ingesting');
      const sighting = sightingOf(run, 'report', at);
      const files = await this.fetcher.files.list(tx, run, names);
      try {
        const stored = await tx.savepoint(() => this.store(tx, run, { files, at }));
        return await this.stored(tx, run, { files, stored, sighting, listed });
      } catch (error) {
        if (error instanceof SomeRefused) return this.refuse(tx, run, error.files, sighting);
        throw error;
      }
    });
    this.queue.reach('ingest.after-commit');
    return status;
  }

  /** One file after the other: the lines of one are in memory. @throws SomeRefused */
  private async store(
    tx: Transaction,
    run: RunRow,
    { files, at }: { readonly files: readonly FetchedFile[]; readonly at: Date },
  ): Promise<Stored> {
    const { zone } = this.fetcher;
    const ingestion = { ...sourceOf(run), tenantId: run.tenant_id, runId: run.run_id, at, zone };
    const reissued: Classified[] = [];
    const refused: RefusedFile[] = [];
    let added = 0;
    for (const file of files.filter(({ known }) => !known)) {
      const lines = await this.fetcher.read(tx, run, file);
      if ('reason' in lines) refused.push({ file, reason: lines.reason });
      if ('reason' in lines || refused.length > 0) continue;
      const head = headOf(file);
      const { outcome } = await storeFile(tx, ingestion, { head, ...lines });
      this.queue.reach('ingest.after-store');
      if (outcome !== 'known') added++;
      if (outcome === 'reissued') reissued.push(classifyReissue(head));
    }
    const [first, ...more] = refused;
    if (first !== undefined) throw new SomeRefused([first, ...more]);
    return { files: added, reissued };
  }

  private async stored(
    tx: Transaction,
    run: RunRow,
    {
      files,
      stored,
      sighting,
      listed,
    }: { files: readonly FetchedFile[]; stored: Stored; sighting: Sighting; listed: number },
  ): Promise<RunStatus> {
    await this.findings.observe(tx, sighting, stored.reissued);
    const readable = files.map((file) => troubleOf(file, ''));
    await this.findings.close(tx, sighting, readable);
    await this.fetcher.files.stored(tx, run);
    const status = nextRunStatus('ingesting');
    const counts = { reports: listed, fetched_reports: files.length, new_reports: stored.files };
    await this.queue.advance(tx, run, { status, counts });
    return status;
  }

  private async refuse(
    tx: Transaction,
    run: RunRow,
    refused: readonly [RefusedFile, ...RefusedFile[]],
    sighting: Sighting,
  ): Promise<RunStatus> {
    const [{ file, reason }] = refused;
    const troubles = refused.map((each) => troubleOf(each.file, each.reason));
    await this.findings.observe(tx, sighting, troubles);
    const detail = `report ${file.report_ref}: ${reason}`;
    await this.queue.fail(tx, run, { code: 'report-unreadable', detail });
    return 'failed';
  }
}

const headOf = ({ report_ref, business_on, content_hash, byte_count, kind }: FetchedFile) => ({
  ...{ reportRef: report_ref, businessOn: business_on, contentHash: content_hash },
  ...{ byteCount: byte_count, format: kind === 'statement' ? 'camt053' : 'provider' },
});

const troubleOf = (file: FetchedFile, reason: string): Classified =>
  classifyReport({ reportRef: file.report_ref, businessOn: file.business_on, reason });
