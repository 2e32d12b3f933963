import type { Queryable } from '@defter/platform';
import { type RefundRow, type StoredRow, toRefundRow } from '../refund-row.js';

const COLUMNS = 'intent_id, state, version, created_at, updated_at';

/** One refund; undefined also when it is another tenant's. */
export const findRefund = async (
  database: Queryable,
  tenantId: string,
  refundId: string,
): Promise<RefundRow | undefined> => {
  const [row] = await database.query<StoredRow>(
    `select ${COLUMNS} from refund where tenant_id = $1 and refund_id = $2`,
    [tenantId, refundId],
  );
  return row && toRefundRow(row);
};

export interface RefundFilter {
  readonly status?: string | undefined;
  readonly intentId?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Newest first. */
export const listRefunds = async (
  database: Queryable,
  tenantId: string,
  { status, intentId, before, limit }: RefundFilter,
): Promise<RefundRow[]> => {
  const rows = await database.query<StoredRow>(
    `select ${COLUMNS} from refund
      where tenant_id = $1
        and ($2::text is null or status = $2)
        and ($3::text is null or intent_id = $3)
        and ($4::text is null or refund_id < $4)
      order by refund_id desc limit $5`,
    [tenantId, status ?? null, intentId ?? null, before ?? null, limit],
  );
  return rows.map(toRefundRow);
};
