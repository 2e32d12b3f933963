import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseScenario, scenarioOf } from './scenarios.js';
import { plainScenario } from './scenario.js';
import { scenarioDocs } from './scenario-docs.js';
import { scenarioTable } from './scenario-table.js';

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
    expect(refusal('aprove')).toMatchObject({ code: 'scenario-unknown', word: 'aprove' });
    expect(refusal('')).toMatchObject({ code: 'scenario-unknown' });
    expect(refusal('toString')).toMatchObject({ code: 'scenario-unknown' });
    expect(refusal('instant:1')).toMatchObject({ code: 'scenario-parameter-wrong' });
    expect(refusal('webhook.duplicate:0')).toMatchObject({ code: 'scenario-parameter-wrong' });
    expect(refusal('webhook.delay:-1')).toMatchObject({ code: 'scenario-parameter-wrong' });
    expect(refusal('decline:Not A Code')).toMatchObject({ code: 'scenario-parameter-wrong' });
    expect(refusal('decline,instant')).toEqual({
      code: 'scenario-conflict',
      word: 'instant',
      with: 'decline',
    });
    expect(refusal('payout.returned')).toMatchObject({ code: 'scenario-not-for-kind', kind: 'charge' });
    expect(refusal('payout.returned', 'payout')).toBeUndefined();
  });

  it('follows from the last two digits of the amount, unless one is named', () => {
    expect(scenarioOf('charge', 90071992547409931262n, undefined)).toMatchObject({ text: 'decline' });
    expect(scenarioOf('charge', 62n, 'approve')).toMatchObject({ text: 'approve', scenario: plainScenario });
    expect(scenarioOf('payout', 1_064n, undefined)).toMatchObject({ text: 'payout.returned' });
    // A row that isn't for the kind doesn't count.
    expect(scenarioOf('charge', 1_064n, undefined)).toMatchObject({ text: 'approve' });
    expect(scenarioOf('charge', 5n, undefined)).toMatchObject({ text: 'approve' });
  });
});

describe('the table', () => {
  it('has each word and each ending once, and every default fits its own pattern', () => {
    const words = scenarioTable.map(({ word }) => word);
    const endings = scenarioTable.flatMap(({ amountEnding = [] }) => amountEnding);
    expect(new Set(words).size).toBe(words.length);
    expect(new Set(endings).size).toBe(endings.length);
    for (const { parameter, word } of scenarioTable) {
      if (parameter?.fallback !== undefined)
        expect([word, parameter.fallback]).toEqual([word, expect.stringMatching(parameter.pattern)]);
    }
  });

  it('is what docs/reference/mock-provider.md says', () => {
    const page = readFileSync(
      new URL('../../../../docs/reference/mock-provider.md', import.meta.url),
      'utf8',
    );
    expect(page).toBe(scenarioDocs());
  });
});
