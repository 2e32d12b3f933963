import { findingText } from '../proofs/verify/finding-text.js';
import type { Finding } from '../proofs/verify/findings.js';
import { type Comparison, SHOWN } from './compare.js';
import { isEqual, type RebuildResult } from './rebuild.js';

export const EVENTS_CHANGED =
  'Nothing was rebuilt or switched: the events are not those that were committed, so balances made from ' +
  'them would be false. Restore the events first; verify shows all of it.';

/** Why a rebuild did not begin, as lines for people. */
export const brokenChainReport = (findings: readonly Finding[]): string[] => [
  ...findings.slice(0, SHOWN).map(findingText),
  EVENTS_CHANGED,
];

/** What a rebuild found, as lines for people. */
export const reportOf = ({ projection, events, foldMs, before, switched }: RebuildResult): string[] => {
  const rate = foldMs > 0 ? Math.round((events * 1_000) / foldMs) : 0;
  return [
    `${projection}: ${events} events folded in ${(foldMs / 1_000).toFixed(1)} s (${rate}/s)`,
    ...comparisonLines(projection, before),
    ...(switched === undefined ? [] : [`${projection}: switched, ${switched.rows} rows put or removed`]),
    ...(switched === undefined ? [] : comparisonLines(projection, switched.after)),
  ];
};

const comparisonLines = (projection: string, comparison: Comparison): string[] => {
  const { sequence, live, rebuilt, differing, differences } = comparison;
  const shown = differences.map(
    ({ key, live: is, rebuilt: should }) =>
      `  ${key}\n    live    ${is ?? '-'}\n    rebuilt ${should ?? '-'}`,
  );
  return [
    `${projection} at ${sequence}: live    ${live.rows} rows, sha256 ${live.sha256}`,
    `${projection} at ${sequence}: rebuilt ${rebuilt.rows} rows, sha256 ${rebuilt.sha256}`,
    isEqual(comparison) ? `${projection}: equal` : `${projection}: ${differing} rows differ`,
    ...shown,
    ...(differing > SHOWN ? [`  … and ${differing - SHOWN} more`] : []),
  ];
};
