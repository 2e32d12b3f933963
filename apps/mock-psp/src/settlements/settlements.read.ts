import { Injectable } from '@nestjs/common';
import { Bookkeeper } from '../bookkeeper.js';
import { BookClock } from '../book-clock.js';
import { applyFaults, type DrawnFile, type InjectedFault, isReissued } from './apply-faults.js';
import { businessDateOf } from '../business-date.js';
import { settlementCsv } from './settlement-csv.js';
import { businessOn, movementsOf, type SettlementLine } from './settlement.js';

export type { InjectedFault };

export interface SettlementFile {
  readonly date: string;
  /** 2 after it was issued again. */
  readonly version: number;
}

/** The settlement files, drawn from the book each time; a past day's file changes only by injected faults. */
@Injectable()
export class Settlements {
  constructor(
    private readonly bookkeeper: Bookkeeper,
    private readonly clock: BookClock,
  ) {}

  /** Business dates with at least one line or one that is missing, ascending. */
  async files(connectionId: string): Promise<readonly SettlementFile[]> {
    await this.bookkeeper.settled();
    const reissued = this.reissuedDates(connectionId);
    return [...this.draw(connectionId).keys()].map((date) => ({ date, version: reissued.has(date) ? 2 : 1 }));
  }

  /** The file of a date, or undefined when nothing moved on it. Today's holds what has happened so far. */
  async file(connectionId: string, date: string): Promise<string | undefined> {
    await this.bookkeeper.settled();
    const drawn = this.draw(connectionId).get(date);
    return drawn && settlementCsv(connectionId, date, drawn.lines);
  }

  /** Every injected fault with the place where it shows now. */
  async injected(connectionId: string): Promise<readonly InjectedFault[]> {
    await this.bookkeeper.settled();
    return [...this.draw(connectionId).values()].flatMap(({ injected }) => injected);
  }

  /** The ids of the operations whose money has moved; a payout that came back is among them. */
  settledIds(connectionId: string): ReadonlySet<string> {
    return new Set(this.movements(connectionId).map(({ operationId }) => operationId));
  }

  /** What really moved, whatever the files say. */
  movements(connectionId: string): readonly SettlementLine[] {
    const now = this.clock.now();
    return this.bookkeeper.book
      .operationsOf(connectionId)
      .flatMap((operation) => movementsOf(operation, now));
  }

  private draw(connectionId: string): ReadonlyMap<string, DrawnFile> {
    const now = this.clock.now();
    const faults = this.bookkeeper.book.faultsOf(connectionId);
    const today = businessDateOf(now.toISOString());
    const all = applyFaults(this.movements(connectionId), faults, now);
    return new Map([...all].filter(([date]) => date <= today));
  }

  private reissuedDates(connectionId: string): ReadonlySet<string> {
    const now = this.clock.now();
    const faults = this.bookkeeper.book.faultsOf(connectionId).filter(({ kind }) => kind === 'reissued');
    const ids = new Set(faults.map(({ operationId }) => operationId));
    const lines = this.movements(connectionId).filter(({ operationId }) => ids.has(operationId));
    return new Set(lines.filter((line) => isReissued(line, now)).map(businessOn));
  }
}
