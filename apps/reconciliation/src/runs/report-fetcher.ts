import { Inject, Injectable } from '@nestjs/common';
import { type CallContext, type ReportRef, UnreadableReport } from '@defter/payments-contracts';
import { CONFIG } from '@defter/platform';
import type { Config } from '../config.js';
import { Connections } from '../connections.js';
import { sha256 } from '../digest.js';
import type { ReportSource } from '../sources.js';
import { lineRows, type ReadReport, type Source } from '../report-rows.js';
import { type RunRow, RunFailure, sourceOf } from './run.js';

/** A report that can't be used, and why. */
export interface RefusedReport {
  readonly ref: ReportRef;
  readonly reason: string;
}

/** Reads a run's reports from the provider. Never called inside a transaction. */
@Injectable()
export class ReportFetcher {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly connections: Connections,
  ) {}

  /** All of the run's date, or all there are. @throws RunFailure; @throws Error when the provider is away */
  async fetch(run: RunRow): Promise<{ reports: ReadReport[]; refused: RefusedReport[] }> {
    const source = this.connections.source(run.provider);
    if (source === undefined) {
      throw new RunFailure('provider-unknown', `No reports are read from ${run.provider}`);
    }
    const call = await this.callContext(run, source);
    const reports: ReadReport[] = [];
    const refused: RefusedReport[] = [];
    for (const ref of await source.provider.reports.list(call)) {
      if (run.business_on !== null && ref.businessOn !== run.business_on) continue;
      const bytes = await source.provider.reports.fetch(ref, call);
      const read = readReport(source, { ...sourceOf(run), zone: this.config.businessZone }, { ref, bytes });
      if ('reason' in read) refused.push(read);
      else reports.push(read);
    }
    return { reports, refused };
  }

  private async callContext(run: RunRow, { baseUrl }: ReportSource): Promise<CallContext> {
    const connection = await this.connections.find({ tenantId: run.tenant_id, ...sourceOf(run) });
    if (connection === undefined) {
      throw new RunFailure(
        'connection-unknown',
        `The connection ${run.connection_id} is no longer in the settings`,
      );
    }
    const { apiKey, credentials = {} } = connection;
    return { baseUrl, apiKey, credentials, timeoutMs: this.config.providerTimeoutMs };
  }
}

function readReport(
  { provider }: ReportSource,
  whose: Source,
  { ref, bytes }: { ref: ReportRef; bytes: Uint8Array },
): ReadReport | RefusedReport {
  try {
    const lines = provider.reports.parse(bytes, ref);
    // Refuses what no table should see, before a transaction is open.
    const rows = lineRows(whose, { ref, lines });
    return { ref, contentHash: sha256(bytes), byteCount: bytes.byteLength, lines, rows };
  } catch (error) {
    if (error instanceof UnreadableReport) return { ref, reason: error.message };
    throw error;
  }
}
