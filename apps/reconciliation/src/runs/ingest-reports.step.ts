import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { parseSettings } from '@defter/backoffice-contracts';
import { type CallContext, type ReportRef, UnreadableReport } from '@defter/payments-contracts';
import { CLOCK, CONFIG, Database, SettingsFile } from '@defter/platform';
import { classifyReport, nextRunStatus, type RunStatus } from '@defter/reconciliation-domain';
import type { Config } from '../config.js';
import { sha256 } from '../digest.js';
import { FindingRecorder, type Sighting } from '../finding-recorder.js';
import { REPORT_SOURCES, type ReportSource, type ReportSources } from '../sources.js';
import { lineRows, type ReadReport } from './report-rows.js';
import { storeReport } from './report-store.js';
import { type RunRow, RunFailure } from './run.js';
import { RunQueue } from './run-queue.js';

interface Refused {
  readonly ref: ReportRef;
  readonly reason: string;
}

/**
 * First step: fetches the provider's reports, with no transaction open, then stores them in one. A report that can't be
 * read or whose totals are off stops the run: nothing of any report is used, and a finding says so.
 */
@Injectable()
export class IngestReports {
  // One parameter per injected thing is Nest's form.
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(REPORT_SOURCES) private readonly sources: ReportSources,
    private readonly settings: SettingsFile,
    private readonly database: Database,
    private readonly queue: RunQueue,
    private readonly findings: FindingRecorder,
  ) {}

  /** @throws RunFailure when the report or the connection is at fault; @throws RunTakenOver */
  async run(run: RunRow): Promise<RunStatus> {
    const { reports, refused } = await this.fetch(run);
    return this.database.transaction(async (tx) => {
      await this.queue.enter(tx, run, 'ingesting', this.config.runLeaseMs);
      const sighting = this.sighting(run);
      const first = refused[0];
      if (first !== undefined) {
        const detail = `report ${first.ref.id}: ${first.reason}`;
        await this.findings.observe(tx, sighting, refused.map(({ ref, reason }) => troubleOf(ref, reason)));
        await this.queue.fail(tx, run, { code: 'report-unreadable', detail }, sighting.at);
        return 'failed';
      }
      let files = 0;
      for (const report of reports) {
        const ingestion = { ...sourceOf(run), tenantId: run.tenant_id, runId: run.run_id, at: sighting.at };
        if (await storeReport(tx, ingestion, report)) files++;
      }
      await this.findings.close(tx, sighting, reports.map(({ ref }) => troubleOf(ref, '')));
      const status = nextRunStatus('ingesting');
      const counts = { reports: reports.length, new_reports: files };
      await this.queue.advance(tx, run, { status, counts }, sighting.at);
      return status;
    });
  }

  private async fetch(run: RunRow): Promise<{ reports: ReadReport[]; refused: Refused[] }> {
    const source = this.sources.get(run.provider);
    if (source === undefined) throw new RunFailure('provider-unknown', `No reports are read from ${run.provider}`);
    const call = await this.callContext(run, source);
    const reports: ReadReport[] = [];
    const refused: Refused[] = [];
    for (const ref of await source.provider.reports.list(call)) {
      if (run.business_on !== null && ref.businessOn !== run.business_on) continue;
      const bytes = await source.provider.reports.fetch(ref, call);
      const read = readReport(source, run, ref, bytes);
      if ('reason' in read) refused.push(read);
      else reports.push(read);
    }
    return { reports, refused };
  }

  private async callContext(run: RunRow, { baseUrl }: ReportSource): Promise<CallContext> {
    const { tenants } = await this.settings.read(parseSettings);
    const connection = tenants
      .find(({ id }) => id === run.tenant_id)
      ?.connections.find(({ id, provider }) => id === run.connection_id && provider === run.provider);
    if (connection === undefined) {
      throw new RunFailure('connection-unknown', `The connection ${run.connection_id} is no longer in the settings`);
    }
    return { baseUrl, apiKey: connection.apiKey, timeoutMs: this.config.providerTimeoutMs };
  }

  private sighting(run: RunRow): Sighting {
    const { tenant_id: tenantId, run_id: cause } = run;
    return { ...sourceOf(run), tenantId, cause, origin: 'report', at: this.clock.now() };
  }
}

const sourceOf = ({ provider, connection_id }: RunRow): { provider: string; connectionId: string } => ({
  ...{ provider, connectionId: connection_id },
});

function readReport({ provider }: ReportSource, run: RunRow, ref: ReportRef, bytes: Uint8Array): ReadReport | Refused {
  try {
    const lines = provider.reports.parse(bytes, ref);
    const report = { ref, contentHash: sha256(bytes), byteCount: bytes.byteLength, lines };
    lineRows(sourceOf(run), report); // refuses what no table should see, before a transaction is open
    return report;
  } catch (error) {
    if (error instanceof UnreadableReport) return { ref, reason: error.message };
    throw error;
  }
}

const troubleOf = (ref: ReportRef, reason: string) =>
  classifyReport({ reportRef: ref.id, businessOn: ref.businessOn, reason });
