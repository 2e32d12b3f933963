import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { declineCodes } from './decline-codes.js';
import { parseScenario, scenarioOf, type ScenarioSource } from './scenarios.js';
import { plainScenario } from './scenario.js';
import { scenarioDocs } from './scenario-docs.js';
import { cardOf, scenarioTable, spelling } from './scenario-table.js';
import { testIban } from '../test-iban.js';

const refusal = (text: string, kind: 'charge' | 'payout' = 'charge') => {
  const parsed = parseScenario(kind, text);
  return parsed.accepted ? undefined : parsed.refusal;
};

describe('a scenario', () => {
  it('combines words of different axes', () => {
    const parsed = parseScenario(
      'payout',
      'payout.returned, webhook.duplicate:7,webhook.delay:20,answer.timeout_after',
    );
    expect(parsed).toMatchObject({
      accepted: true,
      scenario: {
        outcome: { type: 'payout-returned' },
        answer: { type: 'timeout-after' },
        webhook: { ...plainScenario.webhook, duplicates: 7, delayMs: 20 },
      },
    });
  });

  it('is refused with the reason', () => {
    expect(refusal('aprove')).toMatchObject({ code: 'scenario-unknown', word: 'outcome=aprove' });
    expect(refusal('')).toMatchObject({ code: 'scenario-unknown' });
    expect(refusal('toString')).toMatchObject({ code: 'scenario-unknown' });
    expect(refusal('instant:1')).toMatchObject({ code: 'scenario-parameter-wrong' });
    expect(refusal('webhook.duplicate:0')).toMatchObject({ code: 'scenario-parameter-wrong' });
    expect(refusal('webhook.delay:-1')).toMatchObject({ code: 'scenario-parameter-wrong' });
    expect(refusal('decline:Not A Code')).toMatchObject({ code: 'scenario-parameter-wrong' });
    expect(refusal('decline,instant')).toEqual({
      code: 'scenario-conflict',
      word: 'outcome=instant',
      with: 'outcome=decline',
    });
    expect(refusal('payout.returned')).toMatchObject({ code: 'scenario-not-for-kind', kind: 'charge' });
    expect(refusal('payout.returned', 'payout')).toBeUndefined();
  });

  it('is written as axis=word, words of one axis joined by +, or in the short form', () => {
    const long = parseScenario('payout', 'payout=returned,webhook=duplicate:7+delay:20,answer=timeout_after');
    const short = parseScenario(
      'payout',
      'payout.returned, webhook.duplicate:7,webhook.delay:20,answer.timeout_after',
    );
    expect(long).toEqual({ ...short, text: expect.any(String) });
    expect(parseScenario('charge', 'outcome=decline:lost_card')).toMatchObject({
      scenario: { outcome: { type: 'decline', code: 'lost_card' } },
    });
  });

  it('that nobody knows is refused with those that exist', () => {
    expect(refusal('webhook=dorp')).toEqual({
      code: 'scenario-unknown',
      word: 'webhook=dorp',
      known: scenarioTable.map(spelling),
    });
    expect(refusal('decline:because')).toMatchObject({
      expected: expect.stringContaining('insufficient_funds'),
    });
  });

  const of = (source: Partial<ScenarioSource>) =>
    scenarioOf({ kind: 'charge', amountMinor: 1_000n, instrument: null, metadata: {}, ...source });

  it('follows from the last two digits of the amount, unless one is named', () => {
    expect(of({ amountMinor: 90071992547409931262n })).toMatchObject({ text: 'outcome=decline' });
    expect(of({ amountMinor: 62n, metadata: { 'mock.scenario': 'approve' } })).toMatchObject({
      text: 'approve',
      scenario: { ...plainScenario, words: [{ axis: 'outcome', word: 'approve' }] },
    });
    expect(of({ kind: 'payout', amountMinor: 1_064n })).toMatchObject({ text: 'payout=returned' });
    // A row that isn't for the kind doesn't count.
    expect(of({ amountMinor: 1_064n })).toMatchObject({ text: 'outcome=approve' });
    expect(of({ amountMinor: 5n })).toMatchObject({ text: 'outcome=approve' });
  });

  it('follows from a test card or IBAN before the amount', () => {
    expect(of({ instrument: 'tok_test_challenge', amountMinor: 62n })).toMatchObject({
      text: 'outcome=challenge',
    });
    expect(of({ instrument: 'tok_test_decline_lost_card' })).toMatchObject({
      text: 'outcome=decline:lost_card',
    });
    expect(of({ instrument: 'tok_test_webhook_drop' })).toMatchObject({ text: 'webhook=drop' });
    expect(of({ instrument: 'tok_test_chalenge' })).toMatchObject({ refusal: { code: 'scenario-unknown' } });
    expect(of({ instrument: 'TR330006100519786457841326' })).toMatchObject({ text: 'outcome=approve' });
    expect(of({ instrument: 'tok_visa' })).toMatchObject({ text: 'outcome=approve' });
    const returned = { kind: 'payout', instrument: 'TR500009900000000000000064' } as const;
    expect(of(returned)).toMatchObject({ text: 'payout=returned' });
    expect(of({ ...returned, kind: 'charge' })).toMatchObject({ text: 'outcome=approve' });
  });

  it.each(['tok', 'visa', 'card', 'tok_vsia', 'TR330006100519786457841327', 'constructor', ''])(
    'a payment method that nobody knows is refused with those that exist: %s',
    (instrument) =>
      expect(of({ instrument, metadata: { 'mock.scenario': 'approve' } })).toMatchObject({
        refusal: {
          code: 'instrument-unknown',
          known: expect.arrayContaining(['tok_visa', 'tok_test_challenge', 'tok_test_decline_lost_card']),
        },
      }),
  );

  it('test IBANs have the check digits of ISO 13616', () => {
    for (const account of ['51', '64', '1234567890123456']) {
      const iban = testIban(account);
      const digits = `${iban.slice(4)}2927${iban.slice(2, 4)}`;
      expect([iban.length, BigInt(digits) % 97n]).toEqual([26, 1n]);
    }
  });
});

describe('the table', () => {
  it('has each word, card and ending once, and every default is right', () => {
    const words = scenarioTable.map(spelling);
    const endings = scenarioTable.flatMap(({ ending = [] }) => ending);
    const names = scenarioTable.map(cardOf);
    for (const list of [words, endings, names]) expect(new Set(list).size).toBe(list.length);
    expect(endings.filter((ending) => ['00', '25', '50', '90', '95', '99'].includes(ending))).toEqual([]);
    for (const row of scenarioTable) {
      const [kind = 'charge'] = row.kinds;
      expect(parseScenario(kind, spelling(row))).toMatchObject({ accepted: true });
    }
  });

  it('has about 25 decline codes, each with a category and an advice', () =>
    expect(declineCodes.size).toBeGreaterThanOrEqual(25));

  it('is what docs/reference/mock-provider.md says', () => {
    const page = readFileSync(
      new URL('../../../../docs/reference/mock-provider.md', import.meta.url),
      'utf8',
    );
    expect(page).toBe(scenarioDocs());
  });
});
