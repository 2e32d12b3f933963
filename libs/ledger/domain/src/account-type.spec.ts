import { describe, expect, it } from '@jest/globals';
import { accountTypeOf, isAccountPattern, matchesPattern, sortAccountTypes } from './account-type.js';
import { canonicalCommand, type CreateTransaction } from './command.js';
import { isAddress, isAssetCode } from './posting.js';

describe('a pattern', () => {
  it.each([
    ['psp:*', 'psp:1:receivable', true],
    ['psp:*', 'psp', false],
    ['users:*:main', 'users:42:main', true],
    ['users:*:main', 'users:42:main:x', false],
    ['users:*:main', 'users:42', false],
    ['bank', 'bank', true],
    ['bank', 'bank:1', false],
    ['*', 'anything:at:all', true],
  ])('%s and %s: %s', (pattern, address, matches) => expect(matchesPattern(pattern, address)).toBe(matches));

  it('must be segments', () =>
    expect(['a:*', '*', 'a*', 'a::b', '', 'a:'].map(isAccountPattern)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]));

  it('with more literal segments wins', () => {
    const type = (pattern: string) => ({ pattern, overdraft: 0n, closed: false });
    const types = sortAccountTypes([type('*'), type('users:*'), type('users:*:main')]);
    expect(accountTypeOf(types, 'users:1:main')?.pattern).toBe('users:*:main');
    expect(accountTypeOf(types, 'users:1')?.pattern).toBe('users:*');
    expect(accountTypeOf(types, 'bank')?.pattern).toBe('*');
    expect(accountTypeOf([], 'world')?.overdraft).toBeNull();
  });
});

describe('words of the ledger', () => {
  it('addresses', () =>
    expect(['a', 'a:b-c:D_1', 'a::b', ':a', 'a b', 'ä', 'a'.repeat(257)].map(isAddress)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]));
  it('assets', () =>
    expect(['TRY/2', 'JPY', 'BTC/8', 'USD_X/2', 'try', 'TRY/', 'TRY/1234567'].map(isAssetCode)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]));
});

describe('the canonical form of a command', () => {
  const command: CreateTransaction = {
    type: 'CreateTransaction',
    postings: [{ source: 'a', destination: 'b', asset: 'X', amount: 2n ** 70n }],
    metadata: { b: '1', a: '2' },
    pending: false,
    force: false,
  };
  it('does not depend on the order of members', () => {
    const other = {
      force: false,
      pending: false,
      metadata: { a: '2', b: '1' },
      postings: [{ amount: 2n ** 70n, asset: 'X', destination: 'b', source: 'a' }],
      type: 'CreateTransaction',
    } as const;
    expect(canonicalCommand(other)).toBe(canonicalCommand(command));
  });
  it('depends on every digit', () => {
    const [posting] = command.postings;
    expect(
      canonicalCommand({
        ...command,
        postings: posting === undefined ? [] : [{ ...posting, amount: 2n ** 70n + 1n }],
      }),
    ).not.toBe(canonicalCommand(command));
  });
});
