import { Inject, Injectable } from '@nestjs/common';
import { type CallContext, type ReportRef, UnreadableReport } from '@defter/payments-contracts';
import { CONFIG, type Queryable } from '@defter/platform';
import type { Config } from '../config.js';
import { Connections } from '../connections.js';
import { bankRows } from '../file-tables.js';
import { FileRefused, readStatements } from '../formats/formats.js';
import { lineRows, type Source } from '../report-rows.js';
import type { FileLines } from '../report-store.js';
import type { ReportSource } from '../sources.js';
import { type FetchedFile, FetchedFiles, type FileKind, type FileName } from './fetched-files.js';
import { type RunRow, RunFailure, sourceOf } from './run.js';

/** What a run has fetched when it has fetched all. */
export interface Fetched {
  /** How many files the provider lists. */
  readonly listed: number;
  /** Those that the run has to store: none of them may be lost on the way. */
  readonly names: readonly FileName[];
}

/** Fetches a run's reports and statements from the provider, and reads them. */
@Injectable()
export class ReportFetcher {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly connections: Connections,
    readonly files: FetchedFiles,
  ) {}

  /** Whose midnight ends the day of what is read. */
  get zone(): string {
    return this.config.businessZone;
  }

  /**
   * Fetches all of the run's date, or all there are, but those that this run has already or that can't have
   * changed. Never called inside a transaction. `onFile` is called after each.
   * @throws RunFailure; @throws Error when the provider is away
   */
  async fetch(run: RunRow, onFile: () => void): Promise<Fetched> {
    const { provider } = this.sourceOf(run);
    const call = await this.callContext(run);
    const needed = await this.files.needed(run);
    let listed = 0;
    const names: FileName[] = [];
    const take = async (kind: FileKind, refs: readonly ReportRef[], from: Files): Promise<void> => {
      listed += refs.length;
      for (const ref of refs) {
        const need = needed(kind, ref);
        if (need === 'none') continue;
        names.push({ kind, report_ref: ref.id });
        if (need === 'fetched') continue;
        await this.files.keep(run, kind, { ref, bytes: await from.fetch(ref, call) });
        onFile();
      }
    };
    const { reports, statements } = provider;
    await take('settlement', ofDate(await reports.list(call), run.business_on), reports);
    // A statement of another date may pay this date's settlement: all are taken, the known ones add nothing.
    if (statements !== undefined) await take('statement', await statements.list(call), statements);
    return { listed, names };
  }

  /** The lines of a fetched file, or why it can't be used. */
  async read(
    tx: Queryable,
    run: RunRow,
    file: FetchedFile,
  ): Promise<FileLines | { readonly reason: string }> {
    const whose = { ...sourceOf(run), zone: this.zone };
    const parts = this.files.parts(tx, run, file);
    try {
      return file.kind === 'settlement'
        ? await this.readReport(run, whose, { file, parts })
        : await readStatement(whose, parts);
    } catch (error) {
      if (error instanceof UnreadableReport || error instanceof FileRefused) return { reason: error.message };
      throw error;
    }
  }

  private async readReport(
    run: RunRow,
    whose: Source,
    { file, parts }: { readonly file: FetchedFile; readonly parts: AsyncIterable<Uint8Array> },
  ): Promise<FileLines> {
    const bytes: Uint8Array[] = [];
    for await (const part of parts) bytes.push(part);
    const ref = { id: file.report_ref, businessOn: file.business_on };
    const lines = this.sourceOf(run).provider.reports.parse(Buffer.concat(bytes), ref);
    return { kind: 'settlement', rows: lineRows(whose, { ref, lines }) };
  }

  private sourceOf({ provider }: RunRow): ReportSource {
    const source = this.connections.source(provider);
    if (source === undefined)
      throw new RunFailure('provider-unknown', `No reports are read from ${provider}`);
    return source;
  }

  private async callContext(run: RunRow): Promise<CallContext> {
    const { baseUrl } = this.sourceOf(run);
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

/** A provider's files of one kind. */
interface Files {
  fetch(ref: ReportRef, call: CallContext): Promise<Uint8Array>;
}

const ofDate = (refs: readonly ReportRef[], on: string | null): readonly ReportRef[] =>
  refs.filter(({ businessOn }) => on === null || businessOn === on);

async function readStatement(whose: Source, parts: AsyncIterable<Uint8Array>): Promise<FileLines> {
  const statements = await readStatements('camt053', parts);
  const rows = bankRows(
    whose,
    statements.flatMap(({ lines }) => lines),
  );
  return { kind: 'statement', rows };
}
