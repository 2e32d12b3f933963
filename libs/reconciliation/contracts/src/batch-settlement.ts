import { type Static, Type } from '@sinclair/typebox';

const DAY_MS = 86_400_000;
const Signed = Type.String({ pattern: '^-?[0-9]+$' });

/**
 * A batch of settlement lines in one currency that a provider has paid, on
 * `defter.reconciliation.settlements.v1`, key = `<tenant>/<connection id>/<batch>/<currency>`. `ce_id` is
 * `<that key>/<version>`: the same batch with the same figures is one message, in however many runs; other
 * figures are the next version. Amounts are minor units, as text; `netMinor` = `grossMinor` - `feesMinor` +
 * `otherMinor`.
 */
export const BatchSettlementV1 = Type.Object({
  provider: Type.String(),
  connectionId: Type.String(),
  /** The provider's name of the batch; of lines that name none, their date. */
  batchRef: Type.String(),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  /** Charges and what came back, less refunds, payouts and disputes. */
  grossMinor: Signed,
  /** What the provider kept of these lines, and fees that stand in lines of their own. */
  feesMinor: Signed,
  /** Lines that are of no operation and no fee: reserves, adjustments. */
  otherMinor: Signed,
  netMinor: Signed,
  /** Fees of the batch's operations as they were booked when those were captured. */
  bookedFeesMinor: Signed,
  /** What the bank booked for it; absent where the report alone says that it is paid. */
  bankMinor: Type.Optional(Signed),
  lines: Type.Integer({ minimum: 1 }),
  /**
   * Lines whose money isn't exactly what we hold for true: without an operation, another amount or currency
   * (explained or not), not succeeded, or linked by a person.
   */
  unlikeLines: Type.Integer({ minimum: 0 }),
  /** The bank's names of the bookings, at most ten. */
  bankReferences: Type.Array(Type.String()),
  /**
   * Keys of the bank's bookings, the same however often a statement is issued: a credit settles one batch,
   * whatever that is called. Absent from processes of before, empty where the report alone says so.
   */
  bankLines: Type.Optional(Type.Array(Type.String())),
  lastOn: Type.String(),
  /** Who handed in the files that say so; empty where they were fetched. None of them may approve it. */
  handedInBy: Type.Array(Type.String()),
  runId: Type.String(),
});
export type BatchSettlementV1 = Static<typeof BatchSettlementV1>;

/** The topic of settlements; a part of `ReconciliationTopics`. */
export const settlements = {
  name: 'defter.reconciliation.settlements.v1',
  key: '`<tenant>/<connection id>/<batch>/<currency>`',
  partitions: 3,
  retentionMs: 90 * DAY_MS,
  schema: BatchSettlementV1,
} as const;
