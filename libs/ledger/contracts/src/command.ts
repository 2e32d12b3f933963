import { type Static, Type } from '@sinclair/typebox';
import {
  AddressText,
  AmountText,
  AssetText,
  InstantText,
  LedgerName,
  MetadataRecord,
  PostingV1,
  ReferenceText,
  SignedAmountText,
} from './scalar.js';

const strict = { additionalProperties: false } as const;

/** A figure of a balance and how it must stand to an amount. */
const BalanceConditionV1 = Type.Object(
  {
    account: AddressText,
    asset: AssetText,
    balance: Type.Union([Type.Literal('posted'), Type.Literal('available')]),
    op: Type.Union([
      Type.Literal('lt'),
      Type.Literal('lte'),
      Type.Literal('eq'),
      Type.Literal('gte'),
      Type.Literal('gt'),
    ]),
    amount: SignedAmountText,
  },
  strict,
);

const ExpectedBalanceV1 = Type.Object(
  { account: AddressText, asset: AssetText, balance: SignedAmountText },
  strict,
);

/** Postings that are applied together, at once or as a hold. */
export const CreateTransactionV1 = Type.Object(
  {
    type: Type.Literal('CreateTransaction'),
    ledger: LedgerName,
    postings: Type.Array(PostingV1, { minItems: 1, maxItems: 1000 }),
    reference: Type.Optional(ReferenceText),
    timestamp: Type.Optional(InstantText),
    metadata: Type.Optional(MetadataRecord),
    /** `pending` reserves the funds (a hold); absent means posted at once. */
    status: Type.Optional(Type.Literal('pending')),
    /** Seconds after which an open hold expires by the ledger's clock. */
    expiresInSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 31_536_000 })),
    /** Must all be met by the balances before the transaction. */
    conditions: Type.Optional(Type.Array(BalanceConditionV1, { maxItems: 100 })),
    /** Posted balances after the command, as another source has them; a difference is listed. */
    expectedBalances: Type.Optional(Type.Array(ExpectedBalanceV1, { maxItems: 100 })),
  },
  strict,
);

/**
 * Moves held funds: all that is left, or the given amounts. The hold is named by its transaction's reference.
 */
export const PostHoldV1 = Type.Object(
  {
    type: Type.Literal('PostHold'),
    ledger: LedgerName,
    reference: ReferenceText,
    /** Smaller amounts to capture, by source and asset; absent captures everything that is left. */
    amounts: Type.Optional(
      Type.Array(Type.Object({ source: AddressText, asset: AssetText, amount: AmountText }, strict), {
        minItems: 1,
      }),
    ),
    /** What is not captured is released (default), or stays held. */
    remainder: Type.Optional(Type.Union([Type.Literal('release'), Type.Literal('keep')])),
  },
  strict,
);

/** Gives held funds back. */
export const VoidHoldV1 = Type.Object(
  { type: Type.Literal('VoidHold'), ledger: LedgerName, reference: ReferenceText },
  strict,
);

/**
 * A command on `defter.ledger.commands.v1`. `ce_id` is its idempotency key, `ce_tenantid` its tenant, the
 * message key is `<tenant>/<ledger>`. The outcome is an event or a refusal that carries the same id as
 * `commandId`.
 */
export const LedgerCommandV1 = Type.Union([CreateTransactionV1, PostHoldV1, VoidHoldV1]);
export type LedgerCommandV1 = Static<typeof LedgerCommandV1>;
