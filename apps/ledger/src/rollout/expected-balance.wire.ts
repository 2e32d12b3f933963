import { type Static, Type } from '@sinclair/typebox';
import type { ExpectedBalance } from '@defter/ledger-domain';
import { bodyReader } from '../body-reader.js';
import { BalanceInput, SignedAmountInput } from '../conditions/condition.wire.js';

const ExpectedBalanceBody = Type.Object(
  { ...BalanceInput, balance: SignedAmountInput },
  { additionalProperties: false },
);

/** `expectedBalances` of a transaction: what the old source says after the same movement. */
export const ExpectedBalancesBody = Type.Array(ExpectedBalanceBody, { maxItems: 100 });

/** Body of `POST /v2/{ledger}/expected-balances`. */
export const ComparisonBody = Type.Object(
  { balances: Type.Array(ExpectedBalanceBody, { minItems: 1, maxItems: 1000 }) },
  { additionalProperties: false },
);

const readComparison = bodyReader(ComparisonBody);

const toExpected = ({ balance, ...rest }: Static<typeof ExpectedBalanceBody>): ExpectedBalance => ({
  ...rest,
  balance: BigInt(balance),
});

/** The member of a command; nothing for an empty list. */
export const expectedBalancesOf = (
  body: readonly Static<typeof ExpectedBalanceBody>[] | undefined,
): { readonly expectedBalances?: readonly ExpectedBalance[] } =>
  body === undefined || body.length === 0 ? NONE : { expectedBalances: body.map(toExpected) };

const NONE = {};

/** Figures of the old source, to be compared now. @throws ProblemException `malformed` */
export const toComparison = (body: unknown): readonly ExpectedBalance[] =>
  readComparison(body).balances.map(toExpected);
