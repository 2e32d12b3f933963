import {
  callOf,
  type ExistingIntent,
  fromPlain,
  type OperationState,
  type Refund,
  toPlain,
} from '@defter/payments-domain';
import type { Queryable, Transaction } from '@defter/platform';

/** A refund with its call, as it stands after a step of its intent. */
export interface RefundState {
  readonly refund: Refund;
  readonly call: OperationState | null;
}

export interface RefundRow extends RefundState {
  readonly intentId: string;
  readonly version: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * The request that a key stands for, and the refund as it was answered; undefined while the ledger is
 * asked.
 */
export interface RefundRequestRow extends RefundRow {
  readonly fingerprint: Buffer;
  readonly answered: RefundRow | undefined;
}

export interface StoredRow {
  readonly intent_id: string;
  readonly state: Record<string, unknown>;
  readonly version: bigint;
  readonly created_at: Date;
  readonly updated_at: Date;
}

type RequestRow = StoredRow & {
  readonly fingerprint: Buffer;
  readonly answer: { readonly version: string; readonly state: Record<string, unknown> } | null;
};

const stateOf = (intent: ExistingIntent, refund: Refund): RefundState => ({
  refund,
  call: callOf(intent, refund) ?? null,
});

/**
 * Writes the row of a new refund under its key; the ledger is asked again when nothing is known in `retryMs`.
 * Returns false when the key is taken.
 */
export const insertRefundRow = async (
  tx: Transaction,
  tenantId: string,
  intent: ExistingIntent,
  request: {
    readonly refundId: string;
    readonly key: string;
    readonly fingerprint: Buffer;
    readonly version: bigint;
    readonly retryMs: number;
  },
): Promise<boolean> => {
  const refund = intent.refunds.find(({ refundId }) => refundId === request.refundId);
  if (refund === undefined) throw new Error(`${request.refundId} is no refund of its intent`);
  const inserted = await tx.query(
    `insert into refund (tenant_id, refund_id, intent_id, idempotency_key, fingerprint, amount_minor,
                         currency, status, state, version, reserve_due_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + $11 * interval '1 millisecond')
     on conflict (tenant_id, idempotency_key) do nothing returning refund_id`,
    [
      ...[tenantId, refund.refundId, intent.intentId, request.key, request.fingerprint],
      ...[refund.operation.amountMinor, intent.currency, refund.status],
      ...[JSON.stringify(toPlain(stateOf(intent, refund))), request.version, request.retryMs],
    ],
  );
  return inserted.length > 0;
};

/** Brings the rows of an intent's refunds up to the state after a step. */
export const updateRefundRows = async (
  tx: Transaction,
  tenantId: string,
  intent: ExistingIntent,
  version: bigint,
): Promise<void> => {
  const { intentId, refunds } = intent;
  if (refunds.length === 0) return;
  await tx.query(
    `update refund
        set status = item.status, state = item.state::jsonb, version = $3, updated_at = now(),
            reserve_due_at = case when item.status = 'reserving' then reserve_due_at end
       from unnest($4::text[], $5::text[], $6::text[]) as item (refund_id, status, state)
      where refund.tenant_id = $1 and refund.intent_id = $2 and refund.refund_id = item.refund_id
        and refund.state <> item.state::jsonb`,
    [
      ...[tenantId, intentId, version],
      refunds.map(({ refundId }) => refundId),
      refunds.map(({ status }) => status),
      refunds.map((refund) => JSON.stringify(toPlain(stateOf(intent, refund)))),
    ],
  );
};

/** Fixes the answer of the refund's request, for ever. */
export const storeRefundAnswer = (tx: Transaction, tenantId: string, refundId: string): Promise<unknown> =>
  tx.query(
    `update refund set answer = jsonb_build_object('version', version::text, 'state', state)
      where tenant_id = $1 and refund_id = $2 and answer is null`,
    [tenantId, refundId],
  );

const COLUMNS = 'intent_id, state, version, created_at, updated_at';

export const findRefundRequest = async (
  database: Queryable,
  tenantId: string,
  key: string,
): Promise<RefundRequestRow | undefined> => {
  const [row] = await database.query<RequestRow>(
    `select ${COLUMNS}, fingerprint, answer from refund where tenant_id = $1 and idempotency_key = $2`,
    [tenantId, key],
  );
  return row && { ...toRefundRow(row), fingerprint: row.fingerprint, answered: toAnswered(row) };
};

const toAnswered = ({ answer, ...row }: RequestRow): RefundRow | undefined =>
  answer === null
    ? undefined
    : toRefundRow({
        ...row,
        state: answer.state,
        version: BigInt(answer.version),
        updated_at: row.created_at,
      });

/** Takes refunds whose hold is still not known; each is taken again after `retryMs`. */
export const takeReservingRefunds = async (
  tx: Transaction,
  tenantId: string,
  retryMs: number,
): Promise<RefundRow[]> => {
  const rows = await tx.query<StoredRow>(
    `with due as (
       select refund_id from refund
        where tenant_id = $1 and reserve_due_at <= now()
        order by reserve_due_at limit 20 for update skip locked)
     update refund set reserve_due_at = now() + $2 * interval '1 millisecond'
       from due where refund.tenant_id = $1 and refund.refund_id = due.refund_id
     returning ${COLUMNS}`,
    [tenantId, retryMs],
  );
  return rows.map(toRefundRow);
};

export const toRefundRow = (row: StoredRow): RefundRow => ({
  ...fromPlain<RefundState>(row.state),
  intentId: row.intent_id,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
