import { describe, expect, it } from '@jest/globals';
import { Script } from './script.js';
import { ScriptError, VariableError } from './script-error.js';

const send = (amount: string, source: string, destination = '@z'): string =>
  `send [TRY/2 ${amount}] (source = ${source} destination = ${destination})`;

const SOURCE = 'expected a source: an account, "max [ASSET n] from …", or a list in { }';
const TEXT = 'a text ends with " on its own line and knows the escapes \\" and \\\\ only';
const ORIGIN =
  'a variable takes its value from the request; "= balance(…)" and "= meta(…)" are not supported';
const ACCOUNT =
  'an account is @ and segments [A-Za-z0-9_-]+ joined by ":"; a variable stands for a whole address';
const STATEMENT = 'expected a statement: "send", "set_tx_meta" or "set_account_meta"';

describe('what cannot be run', () => {
  const problem = (plain: string, vars: Record<string, unknown> = {}): string => {
    try {
      Script.of(plain, vars);
      return 'taken';
    } catch (error) {
      if (error instanceof ScriptError || error instanceof VariableError) return error.message;
      throw error;
    }
  };

  it.each([
    ['', `1, column 1: ${STATEMENT}, found the end of the script`],
    [
      'send [TRY/2 -1] (',
      '1, column 13: there are no negative numbers and no arithmetic; give the result as a variable',
    ],
    ['send [TRY/2 1.5] (', '1, column 13: a number is whole, in smallest units; a portion is 1/8 or 12.5%'],
    ['send [try 1] (', '1, column 7: expected an asset such as TRY/2, or a variable, found "try"'],
    [send('1', '@users:$id'), `1, column 26: ${ACCOUNT}`],
    ['// é\n"😀" @a', `2, column 1: ${STATEMENT}, found a text in quotes (😀)`],
    ['/* 😀 */ "', `1, column 9: ${TEXT}`],
    [`/* ${send('1', '@a')}`, '1, column 1: a comment that begins with /* ends with */'],
    [send('1', '{ @a 1/2 from @b }'), `1, column 31: ${SOURCE}, found a portion (1/2)`],
    [
      send('1', 'max [TRY/2 1] from { 1/2 from @a 1/2 from @b }'),
      '1, column 45: an allotment divides a whole: it cannot stand in an ordered list or behind "max"',
    ],
    [send('1', '@a allowing overdraft'), '1, column 48: expected "up", found "destination"'],
    [
      send('1', '@a', '{ 1/2 to @b }'),
      '1, column 43: the shares must make up the whole exactly, or leave a part to "remaining"',
    ],
    [
      send('1', '@a', '{ 2/3 to @b 2/3 to @c remaining kept }'),
      '1, column 43: the shares must make up the whole exactly, or leave a part to "remaining"',
    ],
    [
      send('1', '@a', '{ 3/2 to @b remaining kept }'),
      '1, column 45: expected a portion from 0 to 1 such as 1/8 or 12.5%, of at most 18 digits',
    ],
    [
      send('1', '@a', '{ 1/0 to @b remaining kept }'),
      '1, column 45: expected a portion from 0 to 1 such as 1/8 or 12.5%, of at most 18 digits',
    ],
    [
      send('1', '@a', '{ remaining to @b remaining kept }'),
      '1, column 61: "remaining" can stand once in an allotment',
    ],
    [
      send('1', '@a', '{ max [TRY/2 1] to @b }'),
      '1, column 65: expected "max [ASSET n] to …", "remaining to …" or "remaining kept", found "}"',
    ],
    [send('1', 'max [EUR/2 1] from @a'), '1, column 30: the amount is in EUR/2, but what is sent is TRY/2'],
    [
      send('*', '@world'),
      '1, column 26: "*" sends all that is there, and this source has no end; put "max" before it',
    ],
    [
      send('*', '{ @a @b allowing unbounded overdraft }'),
      '1, column 31: "*" sends all that is there, and this source has no end; put "max" before it',
    ],
    [
      send('*', '{ 1/2 from @a 1/2 from @b }'),
      '1, column 26: "*" cannot be divided among sources; name an amount, or use an ordered list',
    ],
    [send('1', '$a'), '1, column 26: the variable $a is not declared in vars { }'],
    [
      'vars { number $n } send $n (source = @a destination = @b)',
      '1, column 25: $n is declared as a number; here an amount of an asset is needed',
    ],
    ['vars { number $n account $n } send', '1, column 18: the variable $n is declared twice'],
    [
      'vars { money $n } send',
      '1, column 8: expected "}" or a type: account, asset, number, monetary, portion, string, found "money"',
    ],
    ['vars { monetary $b = balance(@a, TRY) }', `1, column 20: ${ORIGIN}`],
    [`${send('1', '@a')} set_tx_meta("k", 1) set_tx_meta("k", 2)`, '1, column 67: "k" is set twice'],
    [send('1', `@${'a'.repeat(257)}`), '1, column 26: an address has at most 256 characters'],
    [send('9'.repeat(79), '@a'), '1, column 13: an amount has at most 78 digits'],
    [send('1', `${'{'.repeat(40)} @a`), '1, column 59: nested deeper than 32 levels'],
  ])('%s', (plain, expected) => {
    expect(problem(plain)).toBe(`line ${expected}`);
  });

  it('says what is wrong with every variable', () => {
    const plain = `vars { monetary $m account $a number $n portion $p string $s asset $t }
      ${send('1', '@world')}`;
    const vars = { m: { asset: 'TRY/2', amount: 1, more: 1 }, a: '@b', n: '-1', p: '3/2', s: 1, x: 1 };
    expect(problem(plain, vars).split('; ')).toEqual([
      'm must be an amount such as "TRY/2 100" or {"asset": "TRY/2", "amount": 100}',
      'a must be an account address without "@", such as users:42',
      'n must be a whole number ≥ 0 of at most 78 digits, as a JSON integer or as text',
      'p must be a portion from 0 to 1 such as 1/8 or 12.5%, of at most 18 digits',
      's must be a text',
      't is missing: an asset such as TRY/2',
      'x is not declared in vars { } of the script',
    ]);
  });

  it('is found in values, too', () => {
    const plain = 'vars { monetary $m account $a } ' + send('*', '{ $a }', '{ max $m to @b remaining kept }');
    expect(problem(plain, { m: 'TRY/2 1', a: 'a' })).toBe('taken');
    expect(problem(plain, { m: 'JPY 1', a: 'a' })).toBe(
      'line 1, column 85: the amount is in JPY, but what is sent is TRY/2',
    );
    expect(problem(plain, { m: 'TRY/2 1', a: 'world' })).toMatch(/^line 1, column 60: .*no end/);
  });

  it('is a script of more than a thousand accounts, and not one of a thousand', () => {
    const list = (count: number) => send('1', `{ ${'@a '.repeat(count)}}`);
    expect(problem(list(999))).toBe('taken');
    expect(problem(list(1000))).toMatch(/a script names at most 1000 sources and destinations$/);
  });
});
