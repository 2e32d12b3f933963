import { type Static, Type } from '@sinclair/typebox';

const DAY_MS = 86_400_000;

/**
 * A line of a provider's report that was matched, by our operation id or by the provider's reference, to an
 * operation whose money payments doesn't hold for moved; on `defter.reconciliation.observations.v1`, key =
 * `<tenant>/<operation id>`. `ce_id` is `observationId`: the same line says the same thing once, in however
 * many runs; a corrected line is another observation.
 */
export const ReportObservationV1 = Type.Object({
  observationId: Type.String(),
  provider: Type.String(),
  connectionId: Type.String(),
  /** Ours, of the connection: it is never another one, and never a new one. */
  operationId: Type.String(),
  /** The operation's. Lines about anything else prove nothing about an operation. */
  kind: Type.Union([
    Type.Literal('sale'),
    Type.Literal('capture'),
    Type.Literal('refund'),
    Type.Literal('payout'),
  ]),
  /** The provider's reference, where the line has one. */
  providerRef: Type.Optional(Type.String()),
  /** `returned`: a payout or refund that had been paid came back. */
  result: Type.Union([Type.Literal('succeeded'), Type.Literal('returned')]),
  /** The money as the line has it before fees, surcharges and exchange that it explains itself. */
  amountMinor: Type.String({ pattern: '^[0-9]+$' }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  occurredAt: Type.String(),
  /** `provider`: we fetched it from there; `file`: somebody handed it in, which proves nothing by itself. */
  origin: Type.Union([Type.Literal('provider'), Type.Literal('file')]),
  /** Where the line stands, for people. */
  reportRef: Type.String(),
  lineNumber: Type.Integer({ minimum: 1 }),
  runId: Type.String(),
});
export type ReportObservationV1 = Static<typeof ReportObservationV1>;

/** The topic of observations; a part of `ReconciliationTopics`. */
export const observations = {
  name: 'defter.reconciliation.observations.v1',
  key: '`<tenant>/<operation id>`',
  partitions: 6,
  retentionMs: 90 * DAY_MS,
  schema: ReportObservationV1,
} as const;
