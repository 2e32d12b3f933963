import type { Transaction } from '@defter/platform';
import type { RunRow } from './run.js';
import {
  DIFFERENCES,
  type DifferenceRow,
  RESIDUE_COUNTS,
  type ResidueCountRow,
  TOTALS,
  type TotalsRow,
  UNSETTLED,
  type UnsettledRow,
} from './totals.sql.js';

/**
 * What a run has in figures: the provider's totals against ours, and each difference by what explains it.
 * Nothing is netted: too much here doesn't hide too little there. Amounts and counts as text.
 */
export async function readNumbers(tx: Transaction, run: RunRow): Promise<Record<string, unknown>> {
  const of = [run.tenant_id, run.run_id];
  const residue = await tx.query<ResidueCountRow>(RESIDUE_COUNTS, of);
  const unsettled = await tx.query<UnsettledRow>(UNSETTLED, of);
  const totals = await tx.query<TotalsRow>(TOTALS, of);
  const differences = await tx.query<DifferenceRow>(DIFFERENCES, of);
  return {
    residue: residue.map((row) => ({ ...row, count: `${row.count}` })),
    totals: totals.map((row) => ({
      ...row,
      matched_lines: `${row.matched_lines}`,
      unmatched_lines: `${row.unmatched_lines}`,
    })),
    unsettled: unsettled.map((row) => ({ ...row, operations: `${row.operations}` })),
    differences: differences.map((row) => ({ ...row, pairs: `${row.pairs}` })),
  };
}
