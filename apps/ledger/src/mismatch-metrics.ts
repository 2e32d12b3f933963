import { Injectable } from '@nestjs/common';
import { Metrics } from '@defter/platform';
import { kindOf, type MismatchRow } from './mismatch-rows.js';

/** Counts what was listed, once it is committed. */
@Injectable()
export class MismatchMetrics {
  private readonly mismatches;

  constructor(metrics: Metrics) {
    this.mismatches = metrics.counter(
      'defter_ledger_mismatches_total',
      'Balances that differ from the old source, and refusals that shadow mode let pass',
      ['kind'],
    );
  }

  count(rows: readonly MismatchRow[]): void {
    for (const { found } of rows) this.mismatches.inc({ kind: kindOf(found) });
  }
}
