import { Injectable } from '@nestjs/common';
import type { Transaction } from '@defter/platform';
import type { RunRow } from './run.js';
import type { Stopwatch } from './stopwatch.js';
import { TellObservations } from './tell-observations.js';
import { TellSettlements } from './tell-settlements.js';

/** What a run tells payments: what lines prove about operations, and which batches are paid. */
@Injectable()
export class TellToPayments {
  constructor(
    private readonly observations: TellObservations,
    private readonly settlements: TellSettlements,
  ) {}

  /** In the run's transaction: told if and only if it commits. */
  async tell(
    tx: Transaction,
    run: RunRow,
    stopwatch: Stopwatch,
  ): Promise<{ observations: number; settlements: number }> {
    const observations = await stopwatch.time('tell observations', () => this.observations.tell(tx, run));
    const settlements = await stopwatch.time('tell settlements', () => this.settlements.tell(tx, run));
    return { observations, settlements };
  }
}
