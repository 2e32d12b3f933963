import { Inject, Injectable } from '@nestjs/common';
import { type CallContext, type ReportRef, UnreadableReport } from '@defter/payments-contracts';
import { CONFIG } from '@defter/platform';
import type { Config } from '../config.js';
import { Connections } from '../connections.js';
import { sha256 } from '../digest.js';
import { bankRows } from '../file-tables.js';
import { FileRefused, readStatements } from '../formats/formats.js';
import { lineRows, type Source } from '../report-rows.js';
import type { FileLines } from '../report-store.js';
import type { ReportSource } from '../sources.js';
import { type RunRow, RunFailure, sourceOf } from './run.js';

/** A fetched and readable report or statement. */
export type ReadReport = FileLines & {
  readonly ref: ReportRef;
  readonly contentHash: string;
  readonly byteCount: number;
  readonly format: string;
};

/** A report that can't be used, and why. */
export interface RefusedReport {
  readonly ref: ReportRef;
  readonly reason: string;
}

/** Reads a run's reports and statements from the provider. Never called inside a transaction. */
@Injectable()
export class ReportFetcher {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly connections: Connections,
  ) {}

  /** Whose midnight ends the day of what is read. */
  get zone(): string {
    return this.config.businessZone;
  }

  /** All of the run's date, or all there are. @throws RunFailure; @throws Error when the provider is away */
  async fetch(run: RunRow): Promise<{ reports: ReadReport[]; refused: RefusedReport[] }> {
    const source = this.connections.source(run.provider);
    if (source === undefined) {
      throw new RunFailure('provider-unknown', `No reports are read from ${run.provider}`);
    }
    const call = await this.callContext(run, source);
    const whose = { ...sourceOf(run), zone: this.zone };
    const reports: ReadReport[] = [];
    const refused: RefusedReport[] = [];
    const { reports: files, statements } = source.provider;
    const take = (read: ReadReport | RefusedReport): void =>
      void ('reason' in read ? refused.push(read) : reports.push(read));
    for (const ref of ofDate(await files.list(call), run.business_on)) {
      const bytes = await files.fetch(ref, call);
      take(await readable(ref, () => readReport(source, whose, { ref, bytes })));
    }
    // A statement of another date may pay this date's settlement: all are read, the known ones add nothing.
    for (const ref of (await statements?.list(call)) ?? []) {
      const bytes = (await statements?.fetch(ref, call)) ?? new Uint8Array();
      take(await readable(ref, () => readStatement(whose, { ref, bytes })));
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

const ofDate = (refs: readonly ReportRef[], on: string | null): readonly ReportRef[] =>
  refs.filter(({ businessOn }) => on === null || businessOn === on);

/** What can't be read is told, and everything else is a bug. */
async function readable(
  ref: ReportRef,
  read: () => ReadReport | Promise<ReadReport>,
): Promise<ReadReport | RefusedReport> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UnreadableReport || error instanceof FileRefused)
      return { ref, reason: error.message };
    throw error;
  }
}

interface Fetched {
  readonly ref: ReportRef;
  readonly bytes: Uint8Array;
}

function readReport({ provider }: ReportSource, whose: Source, { ref, bytes }: Fetched): ReadReport {
  // Refuses what no table should see, before a transaction is open.
  const rows = lineRows(whose, { ref, lines: provider.reports.parse(bytes, ref) });
  return { ref, ...about(bytes), format: 'provider', kind: 'settlement', rows };
}

async function readStatement(whose: Source, { ref, bytes }: Fetched): Promise<ReadReport> {
  const statements = await readStatements('camt053', inOnePiece(bytes));
  const rows = bankRows(
    whose,
    statements.flatMap(({ lines }) => lines),
  );
  return { ref, ...about(bytes), format: 'camt053', kind: 'statement', rows };
}

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const about = (bytes: Uint8Array) => ({ contentHash: sha256(bytes), byteCount: bytes.byteLength });
