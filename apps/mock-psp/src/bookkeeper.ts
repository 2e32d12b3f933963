import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Fault, Lifecycle, Logger } from '@defter/platform';
import type { Config } from './config.js';
import { Book } from './book/book.js';
import { type BookEvent, readEvent, writeEvent } from './book/book-event.wire.js';
import { Journal } from './book/journal.js';

/** Keeps the book in memory and its journal on the disk; the only place where the book changes. */
@Injectable()
export class Bookkeeper {
  readonly book = new Book();
  private journal: Journal | undefined;
  private bytes = 0;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly logger: Logger,
    lifecycle: Lifecycle,
  ) {
    lifecycle.register({
      name: 'book',
      start: () => this.open(),
      stop: async () => this.journal?.close(),
      // Memory may then be ahead of the disk; only a restart knows the truth again.
      alive: () => this.journal?.failed !== true,
    });
  }

  /**
   * Applies an event and resolves when it is durable. The book shows it at once, so that a second call in
   * the same moment decides rightly; therefore nobody may tell the outside anything before `record` or
   * `settled` has resolved.
   */
  async record(event: BookEvent): Promise<void> {
    this.book.apply(event);
    const line = writeEvent(event);
    this.bytes += line.length;
    await this.durably((journal) => journal.append(line));
  }

  /**
   * Whoever adds something new asks first: all of the book is in memory. @throws Fault when it has grown to
   * its limit; what is in it goes on
   */
  checkRoom(): void {
    const { bookLimitMiB } = this.config;
    if (this.bytes < bookLimitMiB * 1_048_576) return;
    throw new Fault('book-full', `The book has ${bookLimitMiB} MiB: stop, remove STATE_DIR, start`, 60);
  }

  /** Resolves when everything that the book shows is durable. */
  async settled(): Promise<void> {
    await this.durably((journal) => journal.settled());
  }

  private async durably(work: (journal: Journal) => Promise<void>): Promise<void> {
    if (this.journal === undefined) throw new Fault('book-closed', 'The book is not open');
    try {
      await work(this.journal);
    } catch (error) {
      throw new Fault('book-away', 'The journal cannot be written', 5, { cause: error });
    }
  }

  private async open(): Promise<void> {
    const path = join(this.config.stateDir, 'mock-psp.journal.jsonl');
    const { journal, lines, cutBytes } = await Journal.open(path);
    this.journal = journal;
    if (cutBytes > 0)
      this.logger.warn('The last line of the journal was never finished; it is cut off', { cutBytes });
    lines.forEach((line, index) => this.book.apply(eventOf(line, `${path}: line ${index + 2}`)));
    this.bytes = lines.reduce((sum, line) => sum + line.length, 0);
    this.logger.info('The book is open', { events: lines.length });
  }
}

function eventOf(line: string, place: string): BookEvent {
  try {
    return readEvent(line);
  } catch (error) {
    throw new Error(`${place} can't be read: ${(error as Error).message}`, { cause: error });
  }
}
