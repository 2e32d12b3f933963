import { Injectable } from '@nestjs/common';
import type { Caller } from '@defter/platform';
import { ConnectionRules } from '../connection-rules.js';
import { Connections } from '../connections.js';
import { type FileFault, FileRefused, type Mapping, readSettlement } from '../formats/formats.js';
import type { SettlementLine } from '../settlement-line.js';
import type { FileRefusal } from './file.problems.js';
import type { ConnectionRuleBody, HandInQuery } from './file.wire.js';
import { FileSpool } from './file-spool.js';
import { ReceiveFile } from './receive-file.handler.js';
import type { ReportInFile } from './received-file.js';

type Refused = {
  readonly accepted: false;
  readonly refusal: FileRefusal & { readonly file_id?: string; readonly faults?: readonly FileFault[] };
};
type Handled = {
  readonly accepted: true;
  readonly id: string;
  readonly lines: number;
  readonly outcome: string;
  readonly reports: readonly ReportInFile[];
};

const PREVIEWED = 20;

/** Files that people and machines hand in, and how a connection's own are read. */
@Injectable()
export class Files {
  constructor(
    private readonly connections: Connections,
    private readonly rules: ConnectionRules,
    private readonly spool: FileSpool,
    private readonly receive: ReceiveFile,
  ) {}

  /** Takes the bytes, then reads them. The same file again adds nothing. */
  async handIn(
    { tenantId, actor }: Caller,
    { provider, connection_id: connectionId, name, format, replace }: HandInQuery,
    stream: AsyncIterable<unknown>,
  ): Promise<Handled | Refused> {
    const connection = { tenantId, provider, connectionId };
    if ((await this.connections.find(connection)) === undefined)
      return refusal({ code: 'connection-unknown' });
    const mapping = (await this.rules.of(connection)).mapping as Mapping | null;
    if (format === 'mapped' && mapping === null) return refusal({ code: 'mapping-missing' });
    const spooled = await this.spool.take(tenantId, stream);
    if (spooled === undefined) return refusal({ code: 'file-too-large' });
    const how = { name, format, by: actor, replaces: replace === 'true' };
    const file = { ...connection, ...how, ...(mapping !== null && { mapping }) };
    const read = await this.receive.read(file, spooled, () => this.spool.reach('file.after-store'));
    this.spool.reach('file.after-commit');
    const { fileId: id } = spooled;
    if (read.accepted) return { accepted: true, id, ...sumOf(read.reports), reports: read.reports };
    const { code, faults } = read;
    return refusal({ code, file_id: id, faults });
  }

  /** Keeps how a connection is reconciled. */
  async keepRule(
    { tenantId, actor }: Caller,
    { provider, connectionId }: { provider: string; connectionId: string },
    body: ConnectionRuleBody,
  ): Promise<{ readonly accepted: true } | Refused> {
    const connection = { tenantId, provider, connectionId };
    if ((await this.connections.find(connection)) === undefined)
      return refusal({ code: 'connection-unknown' });
    const { settlement_lag_hours: hours, mapping = null } = body;
    const lag = hours === undefined ? null : BigInt(hours) * 3_600_000n;
    await this.rules.keep(connection, { settlement_lag_ms: lag, mapping }, actor);
    return { accepted: true };
  }

  /** What the first lines of a file would be under a mapping; stores nothing. */
  async preview(
    mapping: Mapping,
    sample: string,
  ): Promise<{ lines: SettlementLine[]; faults: readonly FileFault[] }> {
    const lines: SettlementLine[] = [];
    try {
      for await (const line of readSettlement('mapped', asBytes(sample), mapping)) {
        if (lines.length < PREVIEWED) lines.push(line);
      }
      return { lines, faults: [] };
    } catch (error) {
      if (error instanceof FileRefused) return { lines, faults: error.faults };
      throw error;
    }
  }
}

/** What a file of several reports came to: all lines, and the outcome that says most. */
function sumOf(reports: readonly ReportInFile[]): { lines: number; outcome: string } {
  const outcomes = ['reissued', 'new', 'known'] as const;
  const outcome = outcomes.find((each) => reports.some((report) => report.outcome === each)) ?? 'known';
  return { lines: reports.reduce((sum, { lines }) => sum + lines, 0), outcome };
}

const refusal = (of: Refused['refusal']): Refused => ({ accepted: false, refusal: of });

async function* asBytes(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}
