import { open, stat } from 'node:fs/promises';
import { JsonError, parseJson } from './http/json-read.js';

const lookEveryMs = 500;

interface Snapshot {
  readonly stamp: string;
  readonly json: unknown;
  readonly parsed: Map<(json: unknown) => unknown, unknown>;
}

/**
 * A JSON file of settings that may change while we run. A change is seen within 500 ms, or at once with
 * `reread`; a file that became unreadable or wrong is reported and the last good content stays in force.
 * Write it by renaming a finished file over it; a half-written one counts as wrong until the next look.
 */
export class SettingsFile {
  private snapshot: Snapshot | undefined;
  private lookedAt = Number.NEGATIVE_INFINITY;
  private looking: Promise<void> | undefined;
  private complaint: string | undefined;
  /** Every parse function that was ever used: a new content counts only when all of them accept it. */
  private readonly parsers = new Set<(json: unknown) => unknown>();

  constructor(
    private readonly path: string,
    private readonly onBroken: (message: string) => void,
  ) {}

  /**
   * The content as `parse` sees it; parsed once per change. @throws when there has never been a good
   * content
   */
  async read<T>(parse: (json: unknown) => T): Promise<T> {
    if (!this.isFresh()) await this.look();
    return this.value(parse);
  }

  /** As `read`, but looks at the file first, for the moment when something unknown is asked for. */
  async reread<T>(parse: (json: unknown) => T): Promise<T> {
    await this.look();
    return this.value(parse);
  }

  /** The content without any I/O, or undefined when a look is due: then `read` it. */
  peek<T>(parse: (json: unknown) => T): T | undefined {
    return this.isFresh() ? this.value(parse) : undefined;
  }

  private isFresh(): boolean {
    return performance.now() - this.lookedAt < lookEveryMs;
  }

  private value<T>(parse: (json: unknown) => T): T {
    if (this.snapshot === undefined)
      throw new Error(`The settings file ${this.path} has not been readable yet`);
    const { parsed, json } = this.snapshot;
    if (!parsed.has(parse)) {
      parsed.set(parse, parse(json));
      this.parsers.add(parse);
    }
    return parsed.get(parse) as T;
  }

  /** Callers that come while a look is under way share it. */
  private look(): Promise<void> {
    this.looking ??= this.load().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async load(): Promise<void> {
    try {
      const { mtimeMs, size, ino } = await stat(this.path);
      const stamp = `${ino}:${size}:${mtimeMs}`;
      if (this.snapshot?.stamp !== stamp) this.snapshot = await this.take(stamp);
      this.complaint = undefined;
    } catch (error) {
      const message = `settings file ${this.path}: ${(error as Error).message}`;
      if (this.snapshot === undefined) throw new Error(message, { cause: error });
      // Said once for each way of being broken, not at every look.
      if (message !== this.complaint) this.onBroken(message);
      this.complaint = message;
    }
    this.lookedAt = performance.now();
  }

  private async take(stamp: string): Promise<Snapshot> {
    const file = await open(this.path);
    try {
      const json = parseJson(await file.readFile());
      return { stamp, json, parsed: new Map([...this.parsers].map((parse) => [parse, parse(json)])) };
    } catch (error) {
      throw error instanceof JsonError ? new Error(`not readable as JSON: ${error.message}`) : error;
    } finally {
      await file.close();
    }
  }
}
