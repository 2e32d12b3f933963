import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, sqlStateOf } from '@defter/platform';
import {
  type BatchLine,
  type EndLine,
  type EventLine,
  readLine,
  type RefusedKeyLine,
  type StartLine,
} from './import-line.wire.js';
import { type Line, linesOf, wrongLine } from './lines.js';
import { type ImportedBatch, type ImportTerms, restoreBatches } from './restore-batches.js';
import { restoreRefusedKeys, restoreRules } from './restore-rules.js';
import type { ImportedEvent } from './restored-event.js';
import { expectRules } from './rules-line.wire.js';

/** Of a transaction of the import; a batch is never split. */
const EVENTS_PER_COMMIT = 1_000;
const BYTES_PER_COMMIT = 4 * 1024 * 1024;
const KEYS_PER_COMMIT = 1_000;
/** No commit of the ledger's was ever as large. */
const BATCH_LIMIT_BYTES = 128 * 1024 * 1024;

/** Restores ledgers from exports. */
@Injectable()
export class LedgerImport {
  constructor(private readonly database: Database) {}

  /**
   * Reads the stream to its end; what is whole is committed on the way, so that a broken import goes on
   * where it was when it is sent again. @throws ProblemException `malformed`, `import-conflict`
   */
  async run(
    ledgerId: number,
    stream: AsyncIterable<unknown>,
    terms: ImportTerms = { keepCardNumbers: false },
  ): Promise<void> {
    const session = new ImportSession(this.database, ledgerId, terms);
    for await (const line of linesOf(stream)) {
      await session.take(line).catch((error: unknown) => {
        throw refusedByDatabase(error) ? wrongLine(line.number, `can't be stored: ${String(error)}`) : error;
      });
    }
    session.finish();
  }
}

/** Wrong values, and rows that contradict each other. */
const refusedByDatabase = (error: unknown): boolean => /^2[23]/.test(sqlStateOf(error) ?? '');

class ImportSession {
  private start: StartLine | undefined;
  private ended = false;
  private lines = 0;
  private readonly hash = createHash('sha256');
  private open: ImportedEvent[] = [];
  private openBytes = 0;
  private batches: ImportedBatch[] = [];
  private events = 0;
  private bytes = 0;
  private keys: RefusedKeyLine[] = [];

  constructor(
    private readonly database: Database,
    private readonly ledgerId: number,
    private readonly terms: ImportTerms,
  ) {}

  async take(line: Line): Promise<void> {
    const read = readLine(line);
    if (this.ended) throw wrongLine(line.number, 'comes after DEFTER_END');
    if ((this.start === undefined) !== (read.kind === 'start')) {
      throw wrongLine(line.number, 'DEFTER_EXPORT comes first, and once');
    }
    if (read.kind === 'end') return this.end(read.line, line.number);
    this.lines += 1;
    this.hash.update(line.bytes).update('\n');
    if (read.kind === 'start') expectRules((this.start = read.line).rules, line.number);
    else if (read.kind === 'event') this.event(read.line, line);
    else if (read.kind === 'batch') await this.batch(read.line, line.number);
    else await this.refusedKey(read.line, line.number);
  }

  /** @throws ProblemException `malformed` when something is missing */
  finish(): void {
    if (this.start === undefined || this.ended) return;
    const msg = 'the stream ended before DEFTER_END; what was whole before is imported, send it again';
    throw wrongLine(this.lines + 1, msg);
  }

  private event(line: EventLine, { number, bytes }: Line): void {
    this.open.push({ number, line });
    this.openBytes += bytes.length;
    if (this.openBytes > BATCH_LIMIT_BYTES) throw wrongLine(number, 'DEFTER_BATCH should have come before');
  }

  private async batch(line: BatchLine, number: number): Promise<void> {
    this.batches.push({ number, line, events: this.open });
    this.events += this.open.length;
    this.bytes += this.openBytes;
    this.open = [];
    this.openBytes = 0;
    if (this.events >= EVENTS_PER_COMMIT || this.bytes >= BYTES_PER_COMMIT) await this.restoreBatches();
  }

  private async refusedKey(line: RefusedKeyLine, number: number): Promise<void> {
    this.expectWhole(number);
    await this.restoreBatches();
    this.keys.push(line);
    if (this.keys.length >= KEYS_PER_COMMIT) await this.restoreKeys();
  }

  private async end({ lines, sha256 }: EndLine, number: number): Promise<void> {
    this.expectWhole(number);
    await this.restoreBatches();
    if (lines !== this.lines || sha256 !== this.hash.digest('hex')) {
      throw wrongLine(number, 'the lines before are not those that were exported');
    }
    await this.restoreKeys();
    if (this.start !== undefined) await restoreRules(this.database, this.ledgerId, this.start);
    this.ended = true;
  }

  private expectWhole(number: number): void {
    if (this.open.length > 0) throw wrongLine(number, 'DEFTER_BATCH should have come before');
  }

  private async restoreBatches(): Promise<void> {
    const batches = this.batches;
    this.batches = [];
    this.events = 0;
    this.bytes = 0;
    if (batches.length > 0) await restoreBatches(this.database, this.ledgerId, batches, this.terms);
  }

  private async restoreKeys(): Promise<void> {
    const keys = this.keys;
    this.keys = [];
    if (keys.length > 0) await restoreRefusedKeys(this.database, this.ledgerId, keys);
  }
}
