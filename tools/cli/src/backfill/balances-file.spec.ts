import { describe, expect, it } from '@jest/globals';
import { readBalances } from './balances-file.js';

const read = (...lines: string[]) => readBalances(Buffer.from(lines.join('\n')));

describe('a file of balances', () => {
  it('is read line by line, whatever ends them, with amounts of any size', () => {
    const big = '9'.repeat(78);
    const { balances, errors } = readBalances(
      Buffer.from(`account,asset,amount\r\nusers:1,TRY/2,${big}\r\nusers:2,JPY,-5\r\n`),
    );
    expect(errors).toEqual([]);
    expect(balances).toEqual([
      { line: 2, account: 'users:1', asset: 'TRY/2', theirs: BigInt(big) },
      { line: 3, account: 'users:2', asset: 'JPY', theirs: -5n },
    ]);
  });

  it('is known by its content', () => {
    const one = read('account,asset,amount', 'a,JPY,1');
    expect(read('account,asset,amount', 'a,JPY,1').sha256).toBe(one.sha256);
    expect(read('account,asset,amount', 'a,JPY,2').sha256).not.toBe(one.sha256);
  });

  it.each([
    ['a b,JPY,1', 'is no account'],
    [`${'a'.repeat(257)},JPY,1`, 'is no account'],
    ['world,JPY,1', 'is the outside'],
    ['a,jpy,1', 'is no asset'],
    ['a,JPY,1.5', 'is no whole number'],
    ['a,JPY,1e3', 'is no whole number'],
    ['a,JPY,', 'is no whole number'],
    ['a,JPY,-0', undefined],
    [`a,JPY,${'9'.repeat(79)}`, 'is no whole number'],
    ['a,JPY,1,2', 'more than three values'],
    [' ', 'is no account'],
  ])('names the wrong line: %s', (line, message) => {
    const { errors } = read('account,asset,amount', 'b,JPY,1', line);
    if (message === undefined) expect(errors).toEqual([]);
    else expect(errors).toEqual([expect.stringMatching(new RegExp(`^line 3: .*${message}`))]);
  });

  it('has each balance once, and a head', () => {
    expect(read('account,asset,amount', 'a,JPY,1', 'a,JPY,1').errors).toEqual([
      'line 3: a in JPY stands in line 2, too',
    ]);
    expect(read('a,JPY,1').errors).toEqual(['line 1: must be account,asset,amount']);
  });
});
