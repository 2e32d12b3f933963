import type { Finding } from './rule.js';

/**
 * What was over when a rule came: `rule path` → size or number of breaches. An entry may only shrink, then
 * go.
 */
export type Ratchet = Readonly<Record<string, number>>;

/** What the ratchet leaves: new breaches, and entries that are larger than what is there. */
export interface Judgement {
  readonly refused: readonly Finding[];
  readonly loose: readonly string[];
  /** The ratchet as it would be after tightening; nothing is ever added to it. */
  readonly tightened: Ratchet;
}

/** Compares findings with what is tolerated. */
export const judge = (findings: readonly Finding[], ratchet: Ratchet): Judgement => {
  const groups = byRuleAndPath(findings);
  const measured = new Map([...groups].map(([key, group]) => [key, measure(group)]));
  const over = ([key, group]: [string, Finding[]]): Finding[] =>
    (measured.get(key) ?? 0) > (ratchet[key] ?? 0) ? group : [];
  const tightened = Object.entries(ratchet)
    .map(([key, tolerated]) => [key, Math.min(tolerated, measured.get(key) ?? 0)] as const)
    .filter(([, tolerated]) => tolerated > 0);
  return {
    refused: [...groups].flatMap(over),
    loose: Object.keys(ratchet).filter((key) => (measured.get(key) ?? 0) < (ratchet[key] ?? 0)),
    tightened: Object.fromEntries(tightened),
  };
};

const byRuleAndPath = (findings: readonly Finding[]): Map<string, Finding[]> => {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.rule} ${finding.path}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return groups;
};

/** A size where the rule measures one, else the number of breaches. */
const measure = (group: readonly Finding[]): number =>
  Math.max(group.length, ...group.map(({ size = 0 }) => size));
