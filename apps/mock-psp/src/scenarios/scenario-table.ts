import { answerRows } from './answer-rows.js';
import { outcomeRows, payoutRows } from './outcome-rows.js';
import { reportRows } from './report-rows.js';
import { type ScenarioRow } from './scenario-row.js';
import { webhookRows } from './webhook-rows.js';

/**
 * Every scenario there is. `docs/reference/mock-provider.md` is generated from this table (`write-docs.ts`).
 * The endings avoid those of usual prices (00, 25, 50, 90, 95, 99).
 */
export const scenarioTable: readonly ScenarioRow[] = [
  ...outcomeRows,
  ...payoutRows,
  ...answerRows,
  ...webhookRows,
  ...reportRows,
];

/** A word with its axis, as it is written in metadata. */
export function spelling({ axis, word }: Pick<ScenarioRow, 'axis' | 'word'>): string {
  return `${axis}=${word}`;
}

/** The test card that plays a row (with its parameter's default). */
export function cardOf({ axis, word }: Pick<ScenarioRow, 'axis' | 'word'>): string {
  return axis === 'outcome' ? `tok_test_${word}` : `tok_test_${axis}_${word}`;
}
