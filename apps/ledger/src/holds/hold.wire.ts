import { Type } from '@sinclair/typebox';
import { AddressText, AssetText } from '@defter/ledger-contracts';
import type { PostHold, TransactionName } from '@defter/ledger-domain';
import { bodyReader } from '../body-reader.js';
import { AmountInput } from '../transactions/transaction.wire.js';

const strict = { additionalProperties: false } as const;

/** Body of `POST …/transactions/{id}/post`; an absent body captures all that is left. */
export const PostHoldBody = Type.Object(
  {
    amounts: Type.Optional(
      Type.Array(
        Type.Object(
          {
            source: Type.String({ ...AddressText, expected: 'an account address' }),
            asset: Type.String({ ...AssetText, expected: 'an asset such as TRY/2' }),
            amount: AmountInput,
          },
          strict,
        ),
        {
          minItems: 1,
          maxItems: 1000,
        },
      ),
    ),
    remainder: Type.Optional(
      Type.Union([Type.Literal('release'), Type.Literal('keep')], { expected: '"release" or "keep"' }),
    ),
  },
  strict,
);

const read = bodyReader(PostHoldBody);

/** The command of a request to post a hold. */
export const toPostHold = (hold: TransactionName, body: unknown): PostHold => {
  const { amounts, remainder = 'release' } = read(body ?? {});
  return {
    type: 'PostHold',
    hold,
    remainder,
    ...(amounts === undefined
      ? {}
      : { amounts: amounts.map(({ amount, ...rest }) => ({ ...rest, amount: BigInt(amount) })) }),
  };
};
