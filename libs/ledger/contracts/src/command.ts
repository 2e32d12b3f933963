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
} from './scalar.js';

const strict = { additionalProperties: false } as const;

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
