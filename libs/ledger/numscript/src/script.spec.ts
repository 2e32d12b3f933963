import { describe, expect, it } from '@jest/globals';
import type { Run } from './interpret.js';
import { Script } from './script.js';

type Has = Readonly<Record<string, bigint>>;

const run = (
  plain: string,
  has: Has = {},
  options: { arrives?: boolean; floor?: bigint | null } = {},
): Run => {
  const { arrives = true, floor = 0n } = options;
  return Script.of(plain, {}).run({
    available: (account) => has[account] ?? 0n,
    floor: (account) => (account === 'world' ? null : floor),
    arrives,
  });
};

const moves = (result: Run): readonly string[] =>
  result.moved
    ? result.movements.map(({ source, destination, amount }) => `${source} > ${destination} ${amount}`)
    : [`${result.shortage.account} lacks ${result.shortage.needed - result.shortage.available}`];

const send = (amount: string, source: string, destination = '@z'): string =>
  `send [TRY/2 ${amount}] (source = ${source} destination = ${destination})`;

describe('sources', () => {
  it.each([
    ['one account', send('10', '@a'), ['a > z 10']],
    ['one account, one unit short', send('11', '@a'), ['a lacks 1']],
    ['the outside', send('999', '@world'), ['world > z 999']],
    ['a list, as far as needed', send('15', '{ @a @b @c }'), ['a > z 10', 'b > z 5']],
    ['a list in which an account comes twice', send('11', '{ @a @a @b }'), ['a > z 10', 'b > z 1']],
    [
      'the same account apart, with other caps',
      send('8', '{ max [TRY/2 3] from @a @b @a }'),
      ['a > z 3', 'b > z 5'],
    ],
    ['a cap', send('12', '{ max [TRY/2 2] from @a @b }'), ['a > z 2', 'b > z 10']],
    ['a cap that is too low', send('3', 'max [TRY/2 2] from @a'), ['a lacks 1']],
    [
      'a cap on a list',
      send('14', '{ max [TRY/2 12] from { @a @b } @c }'),
      ['a > z 10', 'b > z 2', 'c > z 2'],
    ],
    ['a cap on the outside', send('5', '{ max [TRY/2 2] from @world @a }'), ['world > z 2', 'a > z 3']],
    ['a cap inside a cap', send('2', 'max [TRY/2 9] from max [TRY/2 2] from @a'), ['a > z 2']],
    ['shares', send('9', '{ 1/3 from @a remaining from @b }'), ['a > z 3', 'b > z 6']],
    [
      'a share that is short, though the other has more',
      send('22', '{ 1/2 from @a 1/2 from @rich }'),
      ['a lacks 1'],
    ],
    [
      'shares of shares',
      send('8', '{ 1/2 from { 1/2 from @a 1/2 from @b } 1/2 from @c }'),
      ['a > z 2', 'b > z 2', 'c > z 4'],
    ],
    [
      'a list under a share',
      send('30', '{ 50% from { @a @b } 50% from @rich }'),
      ['a > z 10', 'b > z 5', 'rich > z 15'],
    ],
    ['all of it', send('*', '{ @a @none @b }'), ['a > z 10', 'b > z 10']],
    ['all of it, capped', send('*', 'max [TRY/2 4] from @a'), ['a > z 4']],
    ['all of nothing', send('*', '@none'), []],
    ['nothing', send('0', '@none'), []],
  ])('%s', (_, plain, expected) => {
    expect(moves(run(plain, { a: 10n, b: 10n, c: 10n, rich: 1000n }))).toEqual(expected);
  });

  it.each([
    ['up to a limit, to the unit', send('15', '@a allowing overdraft up to [TRY/2 5]'), null, ['a > z 15']],
    ['one unit beyond it', send('16', '@a allowing overdraft up to [TRY/2 5]'), null, ['a lacks 1']],
    [
      'the limit, not below the floor',
      send('15', '@a allowing overdraft up to [TRY/2 5]'),
      -4n,
      ['a lacks 1'],
    ],
    ['without end', send('999', '@a allowing unbounded overdraft'), null, ['a > z 999']],
    ['without end, down to the floor', send('15', '@a allowing unbounded overdraft'), -5n, ['a > z 15']],
    ['without end, not below the floor', send('16', '@a allowing unbounded overdraft'), -5n, ['a lacks 1']],
    ['none, though the floor would allow it', send('11', '@a'), -5n, ['a lacks 1']],
    [
      'all, with what may be overdrawn',
      send('*', '@a allowing overdraft up to [TRY/2 5]'),
      null,
      ['a > z 15'],
    ],
  ])('overdraft: %s', (_, plain, floor, expected) => {
    expect(moves(run(plain, { a: 10n }, { floor }))).toEqual(expected);
  });

  it('give nothing when they are below zero already', () => {
    expect(moves(run(send('5', '{ @a @b }'), { a: -7n, b: 5n }))).toEqual(['b > z 5']);
  });
});

describe('destinations', () => {
  it.each([
    [
      'caps, then the rest',
      '{ max [TRY/2 3] to @x max [TRY/2 4] to @y remaining to @z }',
      ['a > x 3', 'a > y 4', 'b > z 3'],
    ],
    ['caps that take all', '{ max [TRY/2 30] to @x remaining to @z }', ['a > x 7', 'b > x 3']],
    ['a part that is kept', '{ max [TRY/2 8] kept remaining to @z }', ['b > z 2']],
    ['shares', '{ 1/4 to @x 1/4 kept remaining to @z }', ['a > x 3', 'a > z 2', 'b > z 3']],
    [
      'shares inside caps',
      '{ max [TRY/2 5] to { 1/2 to @x 1/2 to @y } remaining to @z }',
      ['a > x 3', 'a > y 2', 'a > z 2', 'b > z 3'],
    ],
    ['only a rest', '{ remaining to @z }', ['a > z 7', 'b > z 3']],
  ])('%s', (_, destination, expected) => {
    expect(moves(run(send('10', '{ @a @b }', destination), { a: 7n, b: 3n }))).toEqual(expected);
  });

  it('give back what is kept, to those it came from', () => {
    const plain =
      send('10', '{ @a @b }', '{ max [TRY/2 8] kept remaining to @z }') + send('8', '{ @b @a }', '@y');
    expect(moves(run(plain, { a: 7n, b: 3n }))).toEqual(['b > z 2', 'b > y 1', 'a > y 7']);
  });

  it('can send on what they received, unless it is only announced', () => {
    const plain = send('10', '@a', '@b') + send('10', '@b', '@c');
    expect(moves(run(plain, { a: 10n }))).toEqual(['a > b 10', 'b > c 10']);
    expect(moves(run(plain, { a: 10n }, { arrives: false }))).toEqual(['b lacks 10']);
  });
});

describe('rounding', () => {
  const parts = (amount: string, shares: string): readonly string[] =>
    moves(run(send(amount, '@world', shares))).map((each) => each.slice('world > '.length));

  it('gives what is left over to the first, unit by unit', () => {
    expect(parts('99', '{ 50% to @rider 50% to @taxes }')).toEqual(['rider 50', 'taxes 49']);
    expect(parts('100', '{ 1/3 to @a 1/3 to @b 1/3 to @c }')).toEqual(['a 34', 'b 33', 'c 33']);
    expect(parts('1', '{ 1/3 to @a 1/3 to @b 1/3 to @c }')).toEqual(['a 1']);
  });

  it('gives nothing to a share of zero', () => {
    expect(parts('99', '{ 0% to @none 1/2 to @a 1/2 to @b }')).toEqual(['a 50', 'b 49']);
  });

  it('is exact for percentages that no double can hold', () => {
    expect(parts('1000000000000000000000', '{ 0.1% to @a 0.2% to @b remaining to @c }')).toEqual([
      'a 1000000000000000000',
      'b 2000000000000000000',
      'c 997000000000000000000',
    ]);
  });
});

describe('metadata', () => {
  it('shows values of every type as text', () => {
    const plain = `vars { monetary $m portion $p account $a asset $t number $n string $s }
      ${send('1', '@world')}
      set_tx_meta("m", $m) set_tx_meta("p", $p) set_tx_meta("a", $a) set_tx_meta("t", $t)
      set_tx_meta("n", $n) set_tx_meta("s", $s) set_tx_meta("l", [$t $n]) set_tx_meta("q", "say \\"x\\" \\\\")
      set_account_meta(@b, "k", 1/2) set_account_meta($a, "__proto__", @c)`;
    const vars = { m: 'TRY/2 007', p: '12.50%', a: 'users:1', t: 'JPY', n: 10n ** 20n, s: 'ş {' };
    const { metadata, accountMetadata } = Script.of(plain, vars);
    expect({ ...metadata }).toEqual({
      m: 'TRY/2 7',
      p: '12.50%',
      a: 'users:1',
      t: 'JPY',
      n: '100000000000000000000',
      s: 'ş {',
      l: 'JPY 100000000000000000000',
      q: 'say "x" \\',
    });
    expect(Object.entries(accountMetadata).map(([account, of]) => [account, Object.entries(of)])).toEqual([
      ['b', [['k', '1/2']]],
      ['users:1', [['__proto__', 'c']]],
    ]);
  });
});

describe('the canonical form', () => {
  it('is equal for scripts that say the same, and no others', () => {
    const canonical = (plain: string, vars: Record<string, unknown>) => Script.of(plain, vars).canonical;
    const plain = 'vars { monetary $m } send $m (source = @a, destination = @b)';
    const same = canonical(plain, { m: 'TRY/2 10' });
    const turned = '// x\nvars {\nmonetary $m\n}\nsend $m (destination = @b source = @a)';
    expect(canonical(turned, { m: { amount: 10n, asset: 'TRY/2' } })).toBe(same);
    expect(canonical(plain, { m: 'TRY/2 11' })).not.toBe(same);
    expect(canonical(plain.replace('@b', '@c'), { m: 'TRY/2 10' })).not.toBe(same);
    expect({ ...Script.of(plain, { m: 'TRY/2 10' }) }).toEqual({ canonical: same });
  });
});
