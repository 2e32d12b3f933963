import { type Static, Type } from '@sinclair/typebox';

const DAY_MS = 86_400_000;

/**
 * Something about provider events and reports that people must see, on `defter.payments.anomalies.v1`; the
 * message key is `eventId`. `orphan_event`: a verified event, or a line of a report, fits no operation of
 * ours for longer than the limit. Once it does, or a person said what it is, `orphan_resolved` follows.
 * Both come once each for an event, in this order. `settlement_refused`: a batch that reconciliation has
 * found paid can't be settled, or what was settled isn't in the books, or twice (`providerEventId` is the
 * batch, or the name of a person's transfer; `reason` says what and what comes next); `settlement_taken`: all
 * is well after all. Their key begins with the tenant.
 */
export const PaymentsAnomalyV1 = Type.Object({
  kind: Type.Union([
    Type.Literal('orphan_event'),
    Type.Literal('orphan_resolved'),
    Type.Literal('settlement_refused'),
    Type.Literal('settlement_taken'),
  ]),
  /** Defter's id of the event, as `ProviderEventV1` has it; of a line, of its observation. */
  eventId: Type.String(),
  requestId: Type.String(),
  provider: Type.String(),
  connectionId: Type.String(),
  providerEventId: Type.String(),
  providerType: Type.String(),
  /** What the event says it is about, where it does. */
  operationId: Type.Optional(Type.String()),
  providerRef: Type.Optional(Type.String()),
  amountMinor: Type.Optional(Type.String({ pattern: '^[0-9]+$' })),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
  /** Why it couldn't be applied. */
  reason: Type.String(),
  parkedAt: Type.String(),
});
export type PaymentsAnomalyV1 = Static<typeof PaymentsAnomalyV1>;

/** The topic of anomalies; a part of `PaymentsTopics`. */
export const anomalies = {
  name: 'defter.payments.anomalies.v1',
  key: 'event id; of a settlement `<tenant>/settlement:<connection>/<batch>/<currency>`',
  partitions: 3,
  retentionMs: 90 * DAY_MS,
  schema: PaymentsAnomalyV1,
} as const;
