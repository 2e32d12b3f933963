import { describe, expect, it } from '@jest/globals';
import { ProblemException } from '@defter/platform';
import { expectRules } from './rules-line.wire.js';

const type = { pattern: 'users:*', overdraft: 5, closed: false, normal_side: 'credit' };
const monitor = { monitor_id: 'm', account: 'a', asset: 'TRY/2', balance: 'posted', op: 'lt', amount: -1 };
const ledger = { strict: false, closed: false, metadata: {}, mode: 'enforce', mismatch_log: true };
const sound = { ledger, accountTypes: [type, { ...type, overdraft: null }], monitors: [monitor] };

describe('the rules of an import', () => {
  it('are taken as a ledger has them', () => expect(() => expectRules(sound, 1)).not.toThrow());

  it.each([
    ...['NaN', '1.5', 'Infinity', -1].map((overdraft) => ({ accountTypes: [{ ...type, overdraft }] })),
    { accountTypes: [{ ...type, pattern: 'world' }] },
    { accountTypes: Array.from({ length: 10_001 }, (_, at) => ({ ...type, pattern: `a:${at}` })) },
    { monitors: [{ ...monitor, amount: 'NaN' }] },
    { monitors: [{ ...monitor, account: 'a b' }] },
    { ledger: { ...ledger, metadata: { a: 1 } } },
    { ledger: { ...ledger, metadata: ['a'] } },
    { ledger: { ...ledger, mode: 'other' } },
  ])('are refused when no request could have set them: case %#', (wrong) => {
    expect(() => expectRules({ ...sound, ...wrong }, 1)).toThrow(ProblemException);
  });
});
