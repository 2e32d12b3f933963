import type { OperationKind } from '../operations/operation.js';
import { plainScenario, type Scenario, type ScenarioRefusal } from './scenario.js';
import { type Play, type ScenarioRow, scenarioTable } from './scenario-table.js';

export type ParsedScenario =
  | { readonly accepted: true; readonly scenario: Scenario; readonly text: string }
  | { readonly accepted: false; readonly refusal: ScenarioRefusal };

type Found = { readonly row: ScenarioRow; readonly play: Play } | { readonly refusal: ScenarioRefusal };

const rows = new Map(scenarioTable.map((row) => [row.word, row]));

/**
 * The scenario that an operation plays: the words in `metadata["mock.scenario"]` (separated by commas), or
 * else the row whose ending the amount has, or else the plain one. `text` is what was found, for the book
 * and for people.
 */
export function scenarioOf(
  kind: OperationKind,
  amountMinor: bigint,
  named: string | undefined,
): ParsedScenario {
  if (named !== undefined) return parseScenario(kind, named);
  const ending = amountMinor.toString().padStart(2, '0').slice(-2);
  const row = scenarioTable.find(
    ({ amountEnding, kinds }) => amountEnding === ending && kinds.includes(kind),
  );
  return parseScenario(kind, row?.word ?? 'approve');
}

/**
 * Reads comma-separated words. An unknown word is refused: a test that misspells one must not pass by
 * chance.
 */
export function parseScenario(kind: OperationKind, text: string): ParsedScenario {
  const taken = new Map<string, string>();
  let scenario = plainScenario;
  for (const part of text.split(',').map((word) => word.trim())) {
    const found = findPlay(kind, part);
    if ('refusal' in found) return { accepted: false, refusal: found.refusal };
    const { row, play } = found;
    const other = taken.get(row.axis);
    if (other !== undefined)
      return { accepted: false, refusal: { code: 'scenario-conflict', word: part, with: other } };
    taken.set(row.axis, part);
    scenario = { ...scenario, ...play, webhook: { ...scenario.webhook, ...play.webhook } };
  }
  return { accepted: true, scenario, text };
}

function findPlay(kind: OperationKind, part: string): Found {
  const [word = '', ...rest] = part.split(':');
  const row = rows.get(word);
  if (row === undefined)
    return { refusal: { code: 'scenario-unknown', word: part, known: [...rows.keys()] } };
  if (!row.kinds.includes(kind)) return { refusal: { code: 'scenario-not-for-kind', word: part, kind } };
  const { parameter } = row;
  const given = rest.length === 0 ? parameter?.fallback : rest.join(':');
  if (parameter === undefined) {
    const expected = `${word} without anything after it`;
    return given === undefined
      ? found(row, '')
      : { refusal: { code: 'scenario-parameter-wrong', word: part, expected } };
  }
  if (given !== undefined && parameter.pattern.test(given)) return found(row, given);
  const expected = `${word}:<${parameter.name}> with ${parameter.expected}`;
  return { refusal: { code: 'scenario-parameter-wrong', word: part, expected } };
}

function found(row: ScenarioRow, parameter: string): Found {
  return { row, play: row.play(parameter) };
}
