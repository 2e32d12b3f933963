import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { declineOf, declineVocabulary } from './index.js';

/** The published table; when the test fails, its difference says what to write there. */
const file = new URL('../../../../docs/reference/decline-codes.md', import.meta.url);
const row = (code: string): string => {
  const { category, advice } = declineOf(code);
  return `| \`${code}\` | ${category} | \`${advice}\` |`;
};

describe('the vocabulary of declines', () => {
  it('is the published one', () => {
    const table = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `') && line.split('|').length === 5);
    expect(table).toEqual([...declineVocabulary.keys()].map(row));
  });

  it('knows other names of the same, and keeps what the provider said', () => {
    expect(declineOf('51')).toEqual({
      ...{ code: 'insufficient_funds', category: 'issuer', advice: 'retry_later', raw: '51' },
    });
    expect(declineOf('fraudulent')).toMatchObject({ code: 'suspected_fraud', advice: 'do_not_retry' });
    expect(declineOf('R1')).toMatchObject({ code: 'recurring_revoked', advice: 'stop_recurring' });
    expect(declineOf('Do_Not_Honor').code).toBe('do_not_honor');
  });

  it('keeps the words that stand behind a code, and knows a wrong request from a decline', () => {
    expect(declineOf('scenario-unknown: There is no such scenario: boom; known are a, b')).toEqual({
      ...{ code: 'invalid_request', category: 'config', advice: 'do_not_retry', raw: 'scenario-unknown' },
      reason: 'There is no such scenario: boom; known are a, b',
    });
    expect(declineOf('51: not enough')).toMatchObject({ code: 'insufficient_funds', raw: '51' });
  });

  it('takes what nobody knows for a generic no', () => {
    for (const raw of ['E-4711', 'constructor', '__proto__']) {
      expect(declineOf(raw)).toEqual({
        code: 'generic_decline',
        category: 'issuer',
        advice: 'retry_after',
        raw,
      });
    }
  });
});
