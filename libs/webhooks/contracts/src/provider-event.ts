import { type Static, Type } from '@sinclair/typebox';

/** What an operation with a provider can be. */
export const OperationKind = Type.Union([
  Type.Literal('sale'),
  Type.Literal('authorize'),
  Type.Literal('capture'),
  Type.Literal('void'),
  Type.Literal('refund'),
  Type.Literal('payout'),
  Type.Literal('payout_reversal'),
  Type.Literal('chargeback'),
]);

/**
 * Facts that may move money. They are read from signed fields only; whatever the signature doesn't cover is in
 * `untrusted` and can cause a look-up, nothing else.
 */
export const TrustedFacts = Type.Object({
  /** Our operation id, as the provider echoes it. */
  operationId: Type.Optional(Type.String()),
  providerRef: Type.Optional(Type.String()),
  kind: OperationKind,
  /** `returned`: a payout that had been paid came back. */
  result: Type.Union([
    Type.Literal('pending'),
    Type.Literal('succeeded'),
    Type.Literal('declined'),
    Type.Literal('failed'),
    Type.Literal('returned'),
  ]),
  amountMinor: Type.Optional(Type.String({ pattern: '^[0-9]+$' })),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
  feeMinor: Type.Optional(Type.String({ pattern: '^[0-9]+$' })),
  declineCode: Type.Optional(Type.String()),
});

/**
 * One event of a provider, on `defter.webhooks.events.v1`. `ce_id` is `eventId`; the message key is the provider's
 * object (operation id, else provider reference). Several events can come from one request (batches).
 */
export const ProviderEventV1 = Type.Object({
  /** Defter's id of the event: `evt_…`. */
  eventId: Type.String(),
  /** The stored request that it came in: `whk_…`. */
  requestId: Type.String(),
  provider: Type.String(),
  connectionId: Type.String(),
  /** The provider's own id of the event. */
  providerEventId: Type.String(),
  /** The provider's own type, for example `deposit_captured`. */
  providerType: Type.String(),
  occurredAt: Type.Optional(Type.String()),
  receivedAt: Type.String(),
  /** Whether the signature was verified. False only where enforcement is off; such an event moves no money. */
  verified: Type.Boolean(),
  /** Absent for types that say nothing about an operation. */
  facts: Type.Optional(TrustedFacts),
  untrusted: Type.Record(Type.String(), Type.Unknown()),
});
export type ProviderEventV1 = Static<typeof ProviderEventV1>;
export type TrustedFacts = Static<typeof TrustedFacts>;
export type OperationKind = Static<typeof OperationKind>;

/** Something an operator must see: same event id with other bytes, a body that can't be parsed, a parked event. */
export const WebhookAnomalyV1 = Type.Object({
  requestId: Type.String(),
  provider: Type.String(),
  connectionId: Type.String(),
  providerEventId: Type.String(),
  kind: Type.Union([
    Type.Literal('conflicting_event'),
    Type.Literal('unparseable'),
    Type.Literal('unverified'),
  ]),
  detail: Type.String(),
  receivedAt: Type.String(),
});
export type WebhookAnomalyV1 = Static<typeof WebhookAnomalyV1>;
