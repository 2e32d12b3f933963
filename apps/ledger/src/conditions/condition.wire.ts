import { Kind, type Static, Type, TypeRegistry } from '@sinclair/typebox';
import { AddressText, AssetText } from '@defter/ledger-contracts';
import { type BalanceCondition, COMPARISONS, FIGURES } from '@defter/ledger-domain';

const AMOUNT = 'a whole number of at most 78 digits, as a JSON integer or as decimal text; may be below zero';
const AMOUNT_END = 10n ** 78n;

TypeRegistry.Set(
  'LargeSignedAmount',
  (_, value) => typeof value === 'bigint' && value < AMOUNT_END && value > -AMOUNT_END,
);
const LargeSignedAmount = Type.Unsafe<bigint>({ [Kind]: 'LargeSignedAmount' });

/** A figure of a balance in a request, of either sign: a JSON integer or decimal text. */
export const SignedAmountInput = Type.Union(
  [Type.Integer(), LargeSignedAmount, Type.String({ pattern: '^-?[0-9]{1,78}$' })],
  { expected: AMOUNT },
);

/** The account and asset of a balance that a request names. */
export const BalanceInput = {
  account: Type.String({ ...AddressText, expected: 'an account address' }),
  asset: Type.String({ ...AssetText, expected: 'an asset such as TRY/2, JPY or BTC/8' }),
} as const;

const Word = <W extends string>(words: readonly W[]) =>
  Type.Unsafe<W>(
    Type.String({ enum: [...words], pattern: `^(${words.join('|')})$`, expected: words.join(', ') }),
  );

/** A condition on a balance, as requests and monitors say it. */
export const ConditionBody = Type.Object(
  { ...BalanceInput, balance: Word(FIGURES), op: Word(COMPARISONS), amount: SignedAmountInput },
  { additionalProperties: false },
);

/** `conditions` of a transaction. */
export const ConditionsBody = Type.Array(ConditionBody, { maxItems: 100 });

/** The condition of a body that has the form already. */
export const toCondition = ({ amount, ...rest }: Static<typeof ConditionBody>): BalanceCondition => ({
  ...rest,
  amount: BigInt(amount),
});

/** The member of a command; nothing for an empty list: both ways to say "none" are the same command. */
export const conditionsOf = (
  body: readonly Static<typeof ConditionBody>[] | undefined,
): { readonly conditions?: readonly BalanceCondition[] } =>
  body === undefined || body.length === 0 ? NONE : { conditions: body.map(toCondition) };

const NONE = {};
