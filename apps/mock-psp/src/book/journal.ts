import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

const header = '{"journal":"mock-psp","version":1}';
const lineEnd = 0x0a;

/** What was found at the start. */
export interface OpenedJournal {
  readonly journal: Journal;
  readonly lines: readonly string[];
  /** Bytes of a last line that was never finished; they were cut off. */
  readonly cutBytes: number;
}

interface Waiting {
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * An append-only file of lines. A line counts once its line end is on the disk; whoever waits for `append`
 * knows that. All lines that wait at one moment go out in one write and one fdatasync. After a failed write
 * nothing more is written: a half-written line in the middle would make the rest unreadable.
 */
export class Journal {
  private waiting: Waiting[] = [];
  private writing: Promise<void> = Promise.resolve();
  private failure: Error | undefined;

  private constructor(private readonly file: FileHandle) {}

  /** Opens or makes the file. @throws Error when it is not one of these journals */
  static async open(path: string): Promise<OpenedJournal> {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a+');
    try {
      const bytes = await file.readFile();
      const end = bytes.lastIndexOf(lineEnd) + 1;
      const cutBytes = bytes.length - end;
      if (cutBytes > 0) await file.truncate(end);
      const [first, ...lines] = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
      if (first !== undefined && first !== header)
        throw new Error(`${path} begins with something else than ${header}`);
      const journal = new Journal(file);
      if (first === undefined) await journal.append(header);
      return { journal, lines, cutBytes };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get failed(): boolean {
    return this.failure !== undefined;
  }

  /** Resolves when the line is durable. */
  append(line: string): Promise<void> {
    const written = new Promise<void>((resolve, reject) => this.waiting.push({ line, resolve, reject }));
    if (this.waiting.length === 1) this.writing = this.writing.then(() => this.flush());
    return written;
  }

  /**
   * Resolves when every line appended so far is durable. @throws what the disk said, if one of them is not
   */
  async settled(): Promise<void> {
    await this.writing;
    if (this.failure !== undefined) throw this.failure;
  }

  async close(): Promise<void> {
    await this.writing;
    await this.file.close();
  }

  private async flush(): Promise<void> {
    const batch = this.waiting;
    this.waiting = [];
    try {
      if (this.failure !== undefined) throw this.failure;
      await this.file.appendFile(batch.map(({ line }) => `${line}\n`).join(''));
      await this.file.datasync();
    } catch (error) {
      const failure = (this.failure = error instanceof Error ? error : new Error(String(error)));
      for (const { reject } of batch) reject(failure);
      return;
    }
    for (const { resolve } of batch) resolve();
  }
}
