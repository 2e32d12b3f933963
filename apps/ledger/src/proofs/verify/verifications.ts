import { PassThrough, type Readable } from 'node:stream';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CONFIG, Database, Logger, writeJson } from '@defter/platform';
import type { LedgerConfig } from '../../config.js';
import type { CheckpointRow } from '../checkpoint.read.js';
import { CheckpointKeys } from '../checkpoint-keys.js';
import { beginVerification, type Progress, type Verification } from './verify-ledger.js';

/** A statement of a verification may sort whole tables. */
const STATEMENT_LIMIT_MS = 21_600_000;
/** A line at least this often, so that nobody on the way takes the silence of a long sort for an end. */
const PROGRESS_EVERY_MS = 1_000;

/** Which ledger, and what somebody kept of it. */
export interface VerificationRequest {
  readonly tenantId: string;
  readonly ledger: string;
  readonly held?: CheckpointRow;
}

/** Verifications that callers asked for: each on a connection of its own, told line by line. */
@Injectable()
export class Verifications implements OnModuleDestroy {
  private readonly running = new Set<AbortController>();

  constructor(
    @Inject(CONFIG) private readonly config: LedgerConfig,
    private readonly keys: CheckpointKeys,
    private readonly logger: Logger,
  ) {}

  /** A shutdown doesn't wait for hours. */
  onModuleDestroy(): void {
    for (const stop of this.running) stop.abort(new Error('The service is stopping'));
  }

  /**
   * Begins a verification. Its lines are `{progress}`, `{finding}` and, as the last, `{summary}`; without a
   * summary it did not end. @throws ProblemException `not-found`, `verification-runs`
   */
  async begin(request: VerificationRequest): Promise<Readable> {
    const database = this.database();
    const stop = new AbortController();
    const lines = new Lines(stop);
    try {
      const verification = await beginVerification(database, {
        ...request,
        installation: this.keys.installation,
        keys: this.keys.all,
        onFinding: (finding) => lines.write({ finding }),
        onProgress: (progress) => lines.at(progress),
      });
      this.running.add(stop);
      void this.run(verification, lines).finally(() => {
        this.running.delete(stop);
        return database.close();
      });
      return lines.stream;
    } catch (error) {
      lines.end();
      await database.close();
      throw error;
    }
  }

  private async run(verification: Verification, lines: Lines): Promise<void> {
    try {
      lines.write({ summary: await verification.run() });
    } catch (error) {
      this.logger.warn('A verification did not end', { error });
      lines.write({ failed: 'The verification did not end; nothing is known of what it did not reach' });
    } finally {
      lines.end();
    }
  }

  private database(): Database {
    return new Database({
      url: this.config.databaseUrl,
      name: 'ledger verify',
      logger: this.logger,
      poolSize: 1,
      statementTimeoutMs: STATEMENT_LIMIT_MS,
    });
  }
}

/** Lines of JSON for one caller. They are few, so a slow reader holds nothing up. */
class Lines {
  readonly stream = new PassThrough();
  private progress: Progress = { phase: 'log', done: 0 };
  private readonly timer = setInterval(() => this.tell(), PROGRESS_EVERY_MS);

  constructor(private readonly stop: AbortController) {
    // The caller is gone: nobody would read the rest.
    this.stream.once('close', () => stop.abort(new Error('Nobody reads the verification any more')));
  }

  /** How far it is; throws when nobody wants to know any more. */
  at(progress: Progress): void {
    this.stop.signal.throwIfAborted();
    this.progress = progress;
  }

  write(line: object): void {
    if (!this.stream.destroyed) this.stream.write(`${writeJson(line)}\n`);
  }

  end(): void {
    clearInterval(this.timer);
    this.stream.end();
  }

  private tell(): void {
    this.write({ progress: this.progress });
  }
}
