/** Generated scripts for the laws: any tree that the grammar allows, and those that can be run. */
import fc from 'fast-check';
import type {
  Amount,
  Destination,
  Expression,
  Literal,
  Overdraft,
  Program,
  Source,
  Statement,
  Target,
  Variable,
  VALUE_TYPES,
  Written,
} from './ast.js';

type ValueType = (typeof VALUE_TYPES)[number];

const at = 0;

/** Few names, so that the same account is met again. */
const ACCOUNTS = ['a', 'b', 'c', 'd:1', 'd:2', 'world'];

const literal = <T extends Exclude<ValueType, 'monetary'>>(kind: T, text: fc.Arbitrary<string>) =>
  text.map((each): Literal<T> => ({ kind, text: each, at }));

const account = literal('account', fc.constantFrom(...ACCOUNTS));
const asset = literal('asset', fc.constantFrom('TRY/2', 'JPY', 'BTC_TEST/8'));
const numberText = fc.oneof(
  fc.nat({ max: 200 }).map(String),
  fc.bigInt({ min: 0n, max: 10n ** 60n }).map(String),
);
const portion = literal(
  'portion',
  fc.oneof(
    fc.tuple(fc.nat({ max: 9 }), fc.integer({ min: 10, max: 20 })).map(([n, d]) => `${n}/${d}`),
    fc.tuple(fc.nat({ max: 99 }), fc.nat({ max: 99 })).map(([whole, part]) => `${whole}.${part}%`),
  ),
);
const text = literal(
  'string',
  fc.string({ unit: fc.constantFrom('a', 'ş', '"', '\\', ' ', '{', '😀', '/') }),
);

const variable = fc
  .constantFrom('x', 'y', 'account_1', 'Z')
  .map((name): Variable => ({ kind: 'variable', name, at }));

const money: fc.Arbitrary<Written['money']> = fc.oneof(
  variable,
  fc.record({
    kind: fc.constant('monetary' as const),
    asset: fc.oneof(asset, variable),
    amount: fc.oneof(literal('number', numberText), variable),
    at: fc.constant(at),
  }),
);

const expression: fc.Arbitrary<Expression> = fc.oneof(
  account,
  asset,
  portion,
  text,
  literal('number', numberText),
  money,
);

/** The leaves of a generated tree. */
interface Choice {
  readonly account: fc.Arbitrary<Written['account']>;
  readonly money: fc.Arbitrary<Written['money']>;
  /** The shares of an allotment of so many parts. */
  readonly shares: (parts: number) => fc.Arbitrary<readonly Written['share'][]>;
}

const anyLeaves: Choice = {
  account: fc.oneof(account, variable),
  money,
  shares: (parts) =>
    fc
      .tuple(
        fc.array(fc.oneof(portion, variable), { minLength: parts, maxLength: parts }),
        fc.option(fc.nat({ max: parts - 1 })),
      )
      .map(([shares, rest]) => shares.map((share, index) => (index === rest ? 'remaining' : share))),
};

const overdraft = (leaves: Choice): fc.Arbitrary<Overdraft<Written>> =>
  fc.oneof(
    fc.constant({ kind: 'none' as const }),
    fc.constant({ kind: 'unbounded' as const }),
    leaves.money.map((limit) => ({ kind: 'limited' as const, limit })),
  );

const source = (leaves: Choice, depth: number, whole: boolean): fc.Arbitrary<Source<Written>> => {
  const plain = fc
    .tuple(leaves.account, overdraft(leaves))
    .map(([given, limit]) => ({ kind: 'account' as const, account: given, overdraft: limit, at }));
  if (depth === 0) return plain;
  const piece = source(leaves, depth - 1, false);
  const capped = fc
    .tuple(leaves.money, piece)
    .map(([cap, of]) => ({ kind: 'capped' as const, cap, source: of, at }));
  const ordered = fc
    .array(piece, { minLength: 1, maxLength: 3 })
    .map((sources) => ({ kind: 'ordered' as const, sources, at }));
  if (!whole) return fc.oneof(plain, capped, ordered);
  return fc.oneof(
    plain,
    capped,
    ordered,
    allotted(leaves, () => source(leaves, depth - 1, true)),
  );
};

const allotted = <T>(leaves: Choice, of: () => fc.Arbitrary<T>) =>
  fc.integer({ min: 1, max: 4 }).chain((count) =>
    fc
      .tuple(leaves.shares(count), fc.array(of(), { minLength: count, maxLength: count }))
      .map(([shares, targets]) => ({
        kind: 'allotted' as const,
        parts: targets.map((each, index) => ({ share: shares[index] ?? ('remaining' as const), of: each })),
        at,
      })),
  );

const destination = (leaves: Choice, depth: number): fc.Arbitrary<Destination<Written>> => {
  const plain = leaves.account.map((given) => ({ kind: 'account' as const, account: given, at }));
  if (depth === 0) return plain;
  const target = (): fc.Arbitrary<Target<Written>> =>
    fc.oneof(fc.constant({ kind: 'kept' as const, at }), {
      weight: 3,
      arbitrary: destination(leaves, depth - 1),
    });
  const caps = fc.array(fc.record({ cap: leaves.money, target: target() }), { maxLength: 3 });
  const ordered = fc
    .tuple(caps, target())
    .map(([each, rest]) => ({ kind: 'ordered' as const, caps: each, rest, at }));
  // One "remaining" alone is the ordered list without caps.
  const shared = allotted(leaves, target).filter(
    ({ parts }) => parts.length > 1 || parts[0]?.share !== 'remaining',
  );
  return fc.oneof(plain, ordered, shared);
};

const send = (leaves: Choice, amount: fc.Arbitrary<Amount<Written>>): fc.Arbitrary<Statement> =>
  fc.record({
    kind: fc.constant('send' as const),
    amount,
    source: source(leaves, 3, true),
    destination: destination(leaves, 2),
    at: fc.constant(at),
  });

const anyAmount: fc.Arbitrary<Amount<Written>> = fc.oneof(
  money.map((each) => ({ kind: 'exactly' as const, money: each })),
  fc.oneof(asset, variable).map((each) => ({ kind: 'all' as const, asset: each })),
);

const key = fc.string({ unit: fc.constantFrom('k', 'ü', '"', '\\', ' ') });

const statement: fc.Arbitrary<Statement> = fc.oneof(
  send(anyLeaves, anyAmount),
  fc.record({ kind: fc.constant('set_tx_meta' as const), key, value: expression, at: fc.constant(at) }),
  fc.record({
    kind: fc.constant('set_account_meta' as const),
    account: fc.oneof(account, variable),
    key,
    value: expression,
    at: fc.constant(at),
  }),
);

/** Any script that can be written, whether or not it makes sense. */
export const anyProgram: fc.Arbitrary<Program> = fc.record({
  variables: fc.uniqueArray(
    fc.record({
      type: fc.constantFrom<ValueType>('account', 'asset', 'number', 'monetary', 'portion', 'string'),
      name: fc.constantFrom('x', 'y', 'account_1', 'Z'),
      at: fc.constant(at),
    }),
    { selector: ({ name }) => name },
  ),
  statements: fc.array(statement, { minLength: 1, maxLength: 4 }),
});

const units = fc.oneof(fc.nat({ max: 60 }), fc.nat({ max: 10_000 })).map(String);
const runnableMoney = literal('number', units).map((amount) => ({
  kind: 'monetary' as const,
  asset: { kind: 'asset' as const, text: 'TRY/2', at },
  amount,
  at,
}));

/** Shares that make up the whole: some twentieths, and what is left of it. */
const twentieths = (parts: number): fc.Arbitrary<readonly Written['share'][]> =>
  fc
    .tuple(
      fc.array(fc.nat({ max: Math.floor(20 / parts) }), { minLength: parts, maxLength: parts }),
      fc.nat(),
    )
    .map(([given, rest]) =>
      given.map((share, index) =>
        index === rest % parts ? 'remaining' : { kind: 'portion' as const, text: `${share}/20`, at },
      ),
    );

const runnableLeaves: Choice = { account, money: runnableMoney, shares: twentieths };

/** Scripts of one asset without variables that can be run, and mostly find the money. */
export const runnableProgram: fc.Arbitrary<Program> = fc
  .array(
    send(
      runnableLeaves,
      runnableMoney.map((each) => ({ kind: 'exactly' as const, money: each })),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((statements) => ({ variables: [], statements }));

/** What each account of a runnable script has. */
export const balances: fc.Arbitrary<ReadonlyMap<string, bigint>> = fc
  .array(fc.bigInt({ min: -20n, max: 5000n }), { minLength: ACCOUNTS.length, maxLength: ACCOUNTS.length })
  .map((given) => new Map(ACCOUNTS.map((name, index) => [name, given[index] ?? 0n])));
