import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK } from '@defter/platform';
import { Bookkeeper } from '../bookkeeper.js';
import { applyFaults, datesOf, type DrawnFile, type InjectedFault } from './apply-faults.js';
import { settlementCsv } from './settlement-csv.js';
import { businessOn, movementsOf, type SettlementLine } from './settlement-line.js';

export type { InjectedFault };

/** The settlement files, drawn from the book each time; a past day's file changes only by injected faults. */
@Injectable()
export class Settlements {
  constructor(
    private readonly bookkeeper: Bookkeeper,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Business dates with at least one movement, ascending. */
  async dates(connectionId: string): Promise<readonly string[]> {
    await this.bookkeeper.settled();
    const movements = this.movements(connectionId).map(businessOn);
    return [...new Set([...movements, ...datesOf(this.bookkeeper.book.faultsOf(connectionId))])].sort();
  }

  /** The file of a date, or undefined when nothing moved on it. Today's holds what has happened so far. */
  async file(connectionId: string, date: string): Promise<string | undefined> {
    if (!(await this.dates(connectionId)).includes(date)) return undefined;
    return settlementCsv(connectionId, date, this.draw(connectionId, date).lines);
  }

  /** Every injected fault with the place where it shows now. */
  async injected(connectionId: string): Promise<readonly InjectedFault[]> {
    const dates = await this.dates(connectionId);
    return dates.flatMap((date) => this.draw(connectionId, date).injected);
  }

  /** The ids of the operations whose money has moved; a payout that came back is among them. */
  settledIds(connectionId: string): ReadonlySet<string> {
    return new Set(this.movements(connectionId).map(({ operationId }) => operationId));
  }

  private movements(connectionId: string): readonly SettlementLine[] {
    const now = this.clock.now();
    return this.bookkeeper.book
      .operationsOf(connectionId)
      .flatMap((operation) => movementsOf(operation, now));
  }

  private draw(connectionId: string, date: string): DrawnFile {
    return applyFaults(this.movements(connectionId), this.bookkeeper.book.faultsOf(connectionId), date);
  }
}
