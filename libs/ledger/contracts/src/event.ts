import { type Static, Type } from '@sinclair/typebox';
import {
  AddressText,
  AssetText,
  InstantText,
  LedgerName,
  MetadataRecord,
  PostingV1,
  SignedSumText,
  SumText,
} from './scalar.js';

/** A refusal that shadow mode let pass: its code and its members, amounts as text. */
const WouldRefuseV1 = Type.Intersect([
  Type.Object({ code: Type.String() }),
  Type.Record(Type.String(), Type.String()),
]);

const TransactionV1 = Type.Object({
  /** Gapless number of the transaction in its ledger. */
  id: Type.Integer({ minimum: 1 }),
  status: Type.Union([Type.Literal('posted'), Type.Literal('pending')]),
  postings: Type.Array(PostingV1),
  reference: Type.Optional(Type.String()),
  timestamp: InstantText,
  metadata: MetadataRecord,
  expiresAt: Type.Optional(InstantText),
  /** The transaction that this one reverts. */
  reverts: Type.Optional(Type.Integer({ minimum: 1 })),
  /** In shadow mode: the refusal that enforcement would have given. */
  wouldRefuse: Type.Optional(WouldRefuseV1),
});

const HoldChange = Type.Object({
  transactionId: Type.Integer({ minimum: 1 }),
  reference: Type.Optional(Type.String()),
  /** What was moved (posted) or given back (voided, expired). */
  postings: Type.Array(PostingV1),
  /** True when nothing is left of the hold. */
  closed: Type.Boolean(),
});

/** Balances of an account in an asset right after the event: `available` = `posted` − open outgoing holds. */
export const BalanceAfterV1 = Type.Object({
  account: AddressText,
  asset: AssetText,
  posted: SignedSumText,
  pendingOut: SumText,
  pendingIn: SumText,
  available: SignedSumText,
});

/** A monitor that the event turned true or false. */
export const MonitorTurnV1 = Type.Object({ id: Type.String(), turned: Type.Boolean() });

/** A posted balance that the command expected, from another source, to be different. */
export const MismatchV1 = Type.Object({
  account: AddressText,
  asset: AssetText,
  expected: SignedSumText,
  actual: SignedSumText,
});

const common = {
  ledger: LedgerName,
  /** Gapless number of the event in its ledger, from 1. */
  sequence: Type.Integer({ minimum: 1 }),
  recordedAt: InstantText,
  /** The idempotency key of the command that led to it. */
  commandId: Type.Optional(Type.String()),
  balances: Type.Array(BalanceAfterV1),
  monitors: Type.Optional(Type.Array(MonitorTurnV1)),
  mismatches: Type.Optional(Type.Array(MismatchV1)),
};

/**
 * An event on `defter.ledger.events.v1`, in order per ledger (message key `<tenant>/<ledger>`), at least
 * once.
 * `ce_id` is `<tenant>/<ledger>/<sequence>`. Readers ignore members and types they don't know.
 */
export const LedgerEventV1 = Type.Union([
  Type.Object({
    ...common,
    type: Type.Literal('TransactionCreated'),
    data: Type.Object({ transaction: TransactionV1 }),
  }),
  Type.Object({ ...common, type: Type.Literal('HoldPosted'), data: HoldChange }),
  Type.Object({ ...common, type: Type.Literal('HoldVoided'), data: HoldChange }),
  Type.Object({ ...common, type: Type.Literal('HoldExpired'), data: HoldChange }),
  Type.Object({
    ...common,
    type: Type.Literal('TransactionReverted'),
    data: Type.Object({ transaction: TransactionV1, revertedTransactionId: Type.Integer({ minimum: 1 }) }),
  }),
  Type.Object({
    ...common,
    type: Type.Union([Type.Literal('MetadataSet'), Type.Literal('MetadataDeleted')]),
    data: Type.Object({
      target: Type.Union([Type.Literal('account'), Type.Literal('transaction')]),
      id: Type.String(),
      metadata: MetadataRecord,
    }),
  }),
]);
export type LedgerEventV1 = Static<typeof LedgerEventV1>;

/**
 * A command from Kafka that the ledger refused; it never moves money later. On `defter.ledger.refusals.v1`.
 */
export const LedgerRefusalV1 = Type.Object({
  ledger: LedgerName,
  commandId: Type.String(),
  commandType: Type.String(),
  /** Kebab-case reason, for example `insufficient-funds`. */
  code: Type.String(),
  detail: Type.String(),
});
export type LedgerRefusalV1 = Static<typeof LedgerRefusalV1>;
