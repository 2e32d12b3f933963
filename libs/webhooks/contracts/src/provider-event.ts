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
 * Facts that may move money. They are read from signed fields only; whatever the signature doesn't cover is
 * in `untrusted` and can cause a look-up, nothing else.
 */
export const TrustedFacts = Type.Object({
  /** Our operation id, as the provider echoes it. */
  operationId: Type.Optional(Type.String()),
  providerRef: Type.Optional(Type.String()),
  /** Of a `chargeback`: the provider's own id of the dispute, which tells it from others of one capture. */
  disputeRef: Type.Optional(Type.String()),
  /** Of a `chargeback`: the payer's bank only asks, and no money moves. */
  isInquiry: Type.Optional(Type.Literal(true)),
  /** Of a `chargeback`: evidence was handed in and is looked at. */
  isUnderReview: Type.Optional(Type.Literal(true)),
  kind: OperationKind,
  /** `returned`: what had been paid out, given back, or taken by a dispute came back. */
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
  /** Ids signed run together: they count only when both equal one stored operation. */
  signedAsPair: Type.Optional(Type.Literal(true)),
});

/**
 * One event of a provider, on `defter.webhooks.events.v1`. The message key is the provider's object
 * (operation id, else provider reference, else its event id). Several events can come from one request
 * (batches).
 *
 * `ce_id` is `eventId` the first time. A replay, asked for by an operator, is a new message (new `ce_id`, so
 * that inboxes let it pass) about the same event (same `eventId`): consumers apply an `eventId` once, or are
 * harmless to repeat. `ce_subject` is `requestId`.
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
  /**
   * Whether the signature was verified. False only where enforcement is off; such an event moves no money.
   */
  verified: Type.Boolean(),
  /** Absent for types that say nothing about an operation. */
  facts: Type.Optional(TrustedFacts),
  /** The adapter doesn't know what the type means: it moves nothing, and people are told. */
  unknownType: Type.Optional(Type.Literal(true)),
  /** What no signature covers. A bag above 100,000 characters stays behind; the stored request has it. */
  untrusted: Type.Record(Type.String(), Type.Unknown()),
});
export type ProviderEventV1 = Static<typeof ProviderEventV1>;
export type TrustedFacts = Static<typeof TrustedFacts>;
export type OperationKind = Static<typeof OperationKind>;

/**
 * Something an operator must see, on `defter.webhooks.anomalies.v1`; the message key is `providerEventId`.
 * `conflicting_event`: a verified event under a known key with other bytes (HIGH). `unparseable`: verified
 * bytes that can't be read. `unverified`: it came through a connection that doesn't enforce signatures yet.
 */
export const WebhookAnomalyV1 = Type.Object({
  requestId: Type.String(),
  provider: Type.String(),
  connectionId: Type.String(),
  /** Where no event could be read: the request's id. */
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
