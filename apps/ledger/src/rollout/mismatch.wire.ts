import type { Mismatch } from '@defter/ledger-domain';
import type { Comparison } from './balance-comparison.js';
import type { MismatchEntry } from './mismatch.read.js';

/** An entry of the list of mismatches. */
export const mismatchView = (entry: MismatchEntry) => {
  const { sequence, kind, origin, transactionId, recordedAt } = entry;
  return {
    sequence,
    kind,
    origin,
    ...(transactionId === null ? {} : { transactionId }),
    ...(entry.refusal === null ? figures(entry) : { refusal: entry.refusal }),
    recordedAt,
  };
};

const figures = ({ account, asset, expected, actual }: MismatchEntry) => ({
  account,
  asset,
  ...difference(BigInt(expected ?? 0), BigInt(actual ?? 0)),
});

const difference = (expected: bigint, actual: bigint) => ({
  expected,
  actual,
  difference: actual - expected,
});

/** The answer to a comparison. */
export const comparisonView = ({ sequence, compared, mismatches }: Comparison) => ({
  sequence,
  compared,
  mismatches: mismatches.map(({ account, asset, expected, actual }: Mismatch) => ({
    account,
    asset,
    ...difference(expected, actual),
  })),
});
