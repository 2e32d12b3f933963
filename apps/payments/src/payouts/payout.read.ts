import type { Queryable } from '@defter/platform';
import { type PayoutRow, type StoredRow, toPayoutRow } from './payout-row.js';

/** Without progress for too long, given up by the runner, or refused by the ledger. `$2`: milliseconds. */
const IS_STUCK = `(
  (payout.status in ('reserving', 'requested', 'approved', 'queued', 'submitted', 'in_transit', 'unknown')
     and payout.updated_at < now() - $2 * interval '1 millisecond')
  or exists (select from operation where operation.tenant_id = $1 and operation.owner_id = payout.payout_id
                and operation.alarmed_at is not null)
  or exists (select from booking where booking.tenant_id = $1 and booking.owner_id = payout.payout_id
                and booking.state = 'refused'))`;

const COLUMNS = `state, version, created_at, updated_at, ${IS_STUCK} as is_stuck`;

/** One payout; undefined also when it is another tenant's. */
export const findPayout = async (
  database: Queryable,
  tenantId: string,
  payoutId: string,
  stuckAfterMs: number,
): Promise<PayoutRow | undefined> => {
  const [row] = await database.query<StoredRow>(
    `select ${COLUMNS} from payout where tenant_id = $1 and payout_id = $3`,
    [tenantId, stuckAfterMs, payoutId],
  );
  return row && toPayoutRow(row);
};

export interface PayoutFilter {
  readonly state?: string | undefined;
  readonly stuck?: boolean | undefined;
  readonly customerId?: string | undefined;
  readonly provider?: string | undefined;
  readonly requestedBy?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Newest first. */
export const listPayouts = async (
  database: Queryable,
  tenantId: string,
  stuckAfterMs: number,
  filter: PayoutFilter,
): Promise<PayoutRow[]> => {
  const { state, stuck, customerId, provider, requestedBy, before, limit } = filter;
  const rows = await database.query<StoredRow>(
    `select ${COLUMNS} from payout
      where tenant_id = $1
        and ($3::text is null or status = $3)
        and ($4::boolean is null or ${IS_STUCK} = $4)
        and ($5::text is null or customer_id = $5)
        and ($6::text is null or provider = $6)
        and ($7::text is null or requested_by = $7)
        and ($8::text is null or payout_id < $8)
      order by payout_id desc limit $9`,
    [
      tenantId,
      stuckAfterMs,
      ...[state, stuck, customerId, provider, requestedBy, before].map((value) => value ?? null),
      limit,
    ],
  );
  return rows.map(toPayoutRow);
};
