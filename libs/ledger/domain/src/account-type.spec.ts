import { describe, expect, it } from '@jest/globals';
import { type AccountType, AccountTypes, isAccountPattern, matchesPattern } from './account-type.js';
import { canonicalCommand, type CreateTransaction } from './command.js';
import { isAddress, isAssetCode } from './posting.js';
import type { Script } from './script.js';

const type = (pattern: string): AccountType => ({
  pattern,
  normalSide: 'credit',
  overdraft: 0n,
  closed: false,
});

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

  it('with more literal segments wins, an exact address above all', () => {
    const types = new AccountTypes(['*', 'users:*', 'users:*:main', 'users:7:main', '*:7:main'].map(type));
    expect(types.of('users:1:main')?.pattern).toBe('users:*:main');
    expect(types.of('users:7:main')?.pattern).toBe('users:7:main');
    expect(types.of('people:7:main')?.pattern).toBe('*:7:main');
    expect(types.of('users:1')?.pattern).toBe('users:*');
    expect([types.of('bank')?.pattern, types.of('bank')?.pattern]).toEqual(['*', '*']);
    expect(types.of('world')?.overdraft).toBeNull();
  });

  it('need not be there: then the usual rule holds', () => {
    expect(new AccountTypes([]).of('a')).toBeUndefined();
    const types = new AccountTypes([type('b:*')]);
    expect([types.of('a'), types.of('a')]).toEqual([undefined, undefined]);
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
  it('of a script is what the script says of itself, not how it is kept', () => {
    const script = (text: string, kept: object) => ({ ...kept, toJSON: () => ({ text }) });
    const of = (text: string, kept: object) =>
      canonicalCommand({ ...command, script: script(text, kept) as unknown as Script });
    expect(of('a', { cache: 1 })).toBe(of('a', { cache: 2 }));
    expect(of('a', {})).not.toBe(of('b', {}));
  });
});
