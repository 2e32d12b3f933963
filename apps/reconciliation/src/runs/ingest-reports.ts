import { Injectable } from '@nestjs/common';
import type { ReportRef } from '@defter/payments-contracts';
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
import { type ReadReport, ReportFetcher, type RefusedReport } from './report-fetcher.js';
import { type RunRow, sightingOf, sourceOf } from './run.js';
import { RunQueue } from './run-queue.js';

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
    const { reports, refused } = await this.fetcher.fetch(run);
    this.queue.reach('ingest.after-fetch');
    const status = await this.database.transaction(async (tx) => {
      const at = await this.queue.enter(tx, run, 'ingesting');
      const sighting = sightingOf(run, 'report', at);
      const [first] = refused;
      return first === undefined
        ? this.store(tx, run, reports, sighting)
        : this.refuse(tx, run, [first, ...refused.slice(1)], sighting);
    });
    this.queue.reach('ingest.after-commit');
    return status;
  }

  private async store(
    tx: Transaction,
    run: RunRow,
    reports: readonly ReadReport[],
    sighting: Sighting,
  ): Promise<RunStatus> {
    let files = 0;
    const reissued: Classified[] = [];
    const { zone } = this.fetcher;
    const ingestion = { ...sourceOf(run), tenantId: run.tenant_id, runId: run.run_id, at: sighting.at, zone };
    for (const { ref, contentHash, byteCount, format, ...lines } of reports) {
      const { id: reportRef, businessOn } = ref;
      const head = { reportRef, businessOn, contentHash, byteCount, format };
      const { outcome } = await storeFile(tx, ingestion, { head, ...lines });
      this.queue.reach('ingest.after-store');
      if (outcome !== 'known') files++;
      if (outcome === 'reissued') reissued.push(classifyReissue(head));
    }
    await this.findings.observe(tx, sighting, reissued);
    const readable = reports.map(({ ref }) => troubleOf(ref, ''));
    await this.findings.close(tx, sighting, readable);
    const status = nextRunStatus('ingesting');
    await this.queue.advance(tx, run, { status, counts: { reports: reports.length, new_reports: files } });
    return status;
  }

  private async refuse(
    tx: Transaction,
    run: RunRow,
    refused: readonly [RefusedReport, ...RefusedReport[]],
    sighting: Sighting,
  ): Promise<RunStatus> {
    const [{ ref, reason }] = refused;
    const troubles = refused.map((each) => troubleOf(each.ref, each.reason));
    await this.findings.observe(tx, sighting, troubles);
    await this.queue.fail(tx, run, { code: 'report-unreadable', detail: `report ${ref.id}: ${reason}` });
    return 'failed';
  }
}

const troubleOf = (ref: ReportRef, reason: string): Classified =>
  classifyReport({ reportRef: ref.id, businessOn: ref.businessOn, reason });
