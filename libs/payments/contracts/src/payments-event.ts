import { type Static, Type } from '@sinclair/typebox';
import { anomalies } from './payments-anomaly.js';

const Minor = Type.String({ pattern: '^[0-9]+$' });

/** One call to a provider with one result, as it stands now. State-carrying: the highest `version` wins. */
export const OperationSnapshotV1 = Type.Object({
  operationId: Type.String(),
  kind: Type.String(),
  provider: Type.String(),
  connectionId: Type.String(),
  customerId: Type.String(),
  /** `sending`, `pending`, `succeeded`, `declined`, `failed`, `errored`, `unknown`, `returned`. */
  result: Type.String(),
  amountMinor: Minor,
  currency: Type.String(),
  feeMinor: Minor,
  providerRef: Type.Optional(Type.String()),
  /** The reference of the ledger transaction that books it. */
  ledgerReference: Type.Optional(Type.String()),
  occurredAt: Type.String(),
  /** The operation that this one is about: a refund's capture, a capture's authorisation. */
  parentOperationId: Type.Optional(Type.String()),
  /** Why it was declined, in Defter's vocabulary. */
  declineCode: Type.Optional(Type.String()),
});

/**
 * A part that was given back; `operationId` names its operation among `operations`, once it was asked for.
 */
const Part = { status: Type.String(), operationId: Type.String(), amountMinor: Minor };
export const RefundSnapshotV1 = Type.Object({ refundId: Type.String(), ...Part });
export const DisputeSnapshotV1 = Type.Object({ disputeId: Type.String(), ...Part });

/**
 * An event on `defter.payments.events.v1`; the message key is the `id`. It carries the whole
 * state after the event, and the aggregate's `version`, so that a reader keeps the newest and ignores the
 * rest.
 */
export const PaymentsEventV1 = Type.Object({
  type: Type.Union([
    Type.Literal('PaymentIntentChanged'),
    Type.Literal('PayoutChanged'),
    /** Without operations: those are the intent's. */
    Type.Literal('CheckoutSessionChanged'),
  ]),
  id: Type.String(),
  version: Type.Integer({ minimum: 1 }),
  status: Type.String(),
  customerId: Type.String(),
  merchantReference: Type.Optional(Type.String()),
  amountMinor: Minor,
  currency: Type.String(),
  /** What happened, in the past tense: the names of the domain events of this step. */
  events: Type.Array(Type.String()),
  operations: Type.Array(OperationSnapshotV1),
  /** These six only of an intent, and not in events that were written before refunds were known. */
  captureMethod: Type.Optional(Type.Union([Type.Literal('automatic'), Type.Literal('manual')])),
  merchantId: Type.Optional(Type.String()),
  capturedMinor: Type.Optional(Minor),
  refundedMinor: Type.Optional(Minor),
  refunds: Type.Optional(Type.Array(RefundSnapshotV1)),
  disputes: Type.Optional(Type.Array(DisputeSnapshotV1)),
  occurredAt: Type.String(),
});
export type PaymentsEventV1 = Static<typeof PaymentsEventV1>;
export type OperationSnapshotV1 = Static<typeof OperationSnapshotV1>;

export const PaymentsTopics = {
  events: {
    name: 'defter.payments.events.v1',
    key: 'intent, payout or checkout session id',
    partitions: 6,
    retentionMs: -1,
    schema: PaymentsEventV1,
  },
  anomalies,
} as const;
