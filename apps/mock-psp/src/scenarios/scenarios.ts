import { isIban } from '@defter/kernel';
import type { OperationRequest } from '../operations/operation.js';
import { declineCodes } from './decline-codes.js';
import { plainScenario, type PlayedWord, type Scenario, type ScenarioRefusal } from './scenario.js';
import type { Play, ScenarioRow } from './scenario-row.js';
import { cardOf, scenarioTable, spelling } from './scenario-table.js';
import { testIban } from '../test-iban.js';

export type ParsedScenario =
  | { readonly accepted: true; readonly scenario: Scenario; readonly text: string }
  | { readonly accepted: false; readonly refusal: ScenarioRefusal };

type Kind = OperationRequest['kind'];
type Found =
  | { readonly row: ScenarioRow; readonly play: Play; readonly played: PlayedWord }
  | { readonly refusal: ScenarioRefusal };

const rows = new Map(scenarioTable.map((row) => [spelling(row), row]));
const cardPrefix = 'tok_test_';
const cards = new Map([
  ...scenarioTable.map((row) => [cardOf(row), spelling(row)] as const),
  ...[...declineCodes.keys()].map(
    (code) => [`${cardPrefix}decline_${code}`, `outcome=decline:${code}`] as const,
  ),
]);
const ibans = new Map(
  scenarioTable.flatMap((row) => (row.ending === undefined ? [] : [[testIban(row.ending), row] as const])),
);

/** What decides about the scenario. */
export type ScenarioSource = Pick<OperationRequest, 'kind' | 'amountMinor' | 'instrument' | 'metadata'>;

/**
 * The scenario that an operation plays: what `metadata["mock.scenario"]` says, or else the test card or
 * IBAN, or else the amount's last two digits, or else the plain one. `text` is what was found, for the book
 * and for people.
 */
export function scenarioOf({ kind, amountMinor, instrument, metadata }: ScenarioSource): ParsedScenario {
  if (instrument !== null && !isInstrument(instrument)) {
    return { accepted: false, refusal: { code: 'instrument-unknown', known: instruments } };
  }
  const named = metadata['mock.scenario'] ?? ofCard(instrument ?? '');
  if (named !== undefined) return parseScenario(kind, named);
  const ending = amountMinor.toString().padStart(2, '0').slice(-2);
  const row = [ibans.get(instrument ?? ''), scenarioTable.find((each) => each.ending === ending)].find(
    (candidate) => candidate?.kinds.includes(kind),
  );
  return parseScenario(kind, row === undefined ? 'outcome=approve' : spelling(row));
}

/** Cards that play no scenario of their own, by the names that other providers' test cards have, too. */
export const plainCards: readonly string[] = [
  ...['tok_visa', 'tok_mastercard', 'tok_amex', 'tok_troy'],
  ...['pm_card_visa', 'pm_card_mastercard', 'pm_card_amex'],
];

/** What a refusal lists; `docs/reference/mock-provider.md` has the rest. */
const instruments: readonly string[] = [...plainCards, 'any IBAN with right check digits', ...cards.keys()];

/** As real providers do: what was never stored with them, or is no account, is refused and not tried. */
function isInstrument(instrument: string): boolean {
  return plainCards.includes(instrument) || instrument.startsWith(cardPrefix) || isIban(instrument);
}

/** A test card that nobody knows is named as it stands, and so refused: a misspelt one isn't approved. */
function ofCard(instrument: string): string | undefined {
  return instrument.startsWith(cardPrefix) ? (cards.get(instrument) ?? instrument) : undefined;
}

/**
 * Reads `axis=word[:parameter][+word…],axis=…`; `axis.word` is the same as `axis=word`, and a bare word an
 * outcome. An unknown word is refused: a test that misspells one must not pass by chance.
 */
export function parseScenario(kind: Kind, text: string): ParsedScenario {
  const taken = new Map<string, string>();
  let scenario = plainScenario;
  for (const part of partsOf(text)) {
    const found = findPlay(kind, part);
    if ('refusal' in found) return { accepted: false, refusal: found.refusal };
    const { row, play, played } = found;
    const other = taken.get(row.trait);
    if (other !== undefined)
      return { accepted: false, refusal: { code: 'scenario-conflict', word: part, with: other } };
    taken.set(row.trait, part);
    const webhook = { ...scenario.webhook, ...play.webhook };
    scenario = { ...scenario, ...play, webhook, words: [...scenario.words, played] };
  }
  return { accepted: true, scenario, text };
}

/** Every word with its axis before it. */
function partsOf(text: string): readonly string[] {
  return text.split(',').flatMap((part) => {
    const [, axis, words] = /^([a-z]+)[=.](.*)$/.exec(part.trim()) ?? ['', 'outcome', part];
    return (words ?? '').split('+').map((word) => `${axis}=${word.trim()}`);
  });
}

function findPlay(kind: Kind, part: string): Found {
  const [word = '', ...rest] = part.split(':');
  const row = rows.get(word);
  if (row === undefined)
    return { refusal: { code: 'scenario-unknown', word: part, known: [...rows.keys()] } };
  if (!row.kinds.includes(kind)) return { refusal: { code: 'scenario-not-for-kind', word: part, kind } };
  const { parameter } = row;
  const given = rest.length === 0 ? (parameter?.fallback ?? '') : rest.join(':');
  const isRight = parameter === undefined ? rest.length === 0 : parameter.isValid(given);
  if (isRight) {
    const played = { axis: row.axis, word: row.word, parameter: given };
    return { row, play: row.play(given), played };
  }
  const expected =
    parameter === undefined
      ? `${word} without anything after it`
      : `${word}:<${parameter.name}> with ${parameter.expected}`;
  return { refusal: { code: 'scenario-parameter-wrong', word: part, expected } };
}
