import type { Queryable } from '@defter/platform';
import { type PayoutRow, type StoredRow, toPayoutRow } from './payout-row.js';

// As the index payout_open has it, to the letter.
const IS_OPEN = `status not in ('paid', 'rejected', 'canceled', 'failed', 'returned')`;

/** Beyond one of its limits. `$2`: milliseconds without progress that a payout on its way may have. */
const IS_SLOW = `(${IS_OPEN} and (
     (status not in ('in_review', 'on_hold') and updated_at < now() - $2 * interval '1 millisecond')
  or (status = 'in_review' and review_deadline < now())
  or sla_breach_at < now()))`;

/** Beyond a limit, given up by the runner, or refused by the ledger and not made good. */
const IS_STUCK = `(${IS_SLOW}
  or exists (select from operation where operation.tenant_id = $1 and operation.owner_id = payout.payout_id
                and operation.alarmed_at is not null)
  or exists (select from booking where booking.tenant_id = $1 and booking.owner_id = payout.payout_id
                and booking.state = 'refused' and not booking.made_good))`;

/** The same ones, found from the few that may be rather than by asking each. */
const STUCK_IDS = `(
  select payout_id from payout where tenant_id = $1 and ${IS_SLOW}
  union select owner_id from operation where tenant_id = $1 and alarmed_at is not null
  union select owner_id from booking where tenant_id = $1 and state = 'refused' and not made_good)`;

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
  readonly assignee?: string | undefined;
  readonly fromMinor?: bigint | undefined;
  readonly toMinor?: bigint | undefined;
  /** Only payouts whose id is smaller: a cursor, or the first id of a later time. */
  readonly before: readonly string[];
  readonly limit: number;
}

/** Newest first. */
export const listPayouts = async (
  database: Queryable,
  tenantId: string,
  stuckAfterMs: number,
  filter: PayoutFilter,
): Promise<PayoutRow[]> => {
  const { sql, values } = payoutListQuery(tenantId, stuckAfterMs, filter);
  return (await database.query<StoredRow>(sql, values)).map(toPayoutRow);
};

/** The statement has only the conditions that are asked for, so that each finds its index. */
export const payoutListQuery = (
  tenantId: string,
  stuckAfterMs: number,
  filter: PayoutFilter,
): { readonly sql: string; readonly values: readonly unknown[] } => {
  const values: unknown[] = [tenantId, stuckAfterMs];
  const where = ['tenant_id = $1'];
  const asked = (condition: string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    where.push(condition.replace('?', `$${values.length}`));
  };
  asked('status = ?', filter.state);
  asked('customer_id = ?', filter.customerId);
  asked('provider = ?', filter.provider);
  asked('requested_by = ?', filter.requestedBy);
  asked('assignee = ?', filter.assignee);
  asked('amount_minor >= ?', filter.fromMinor);
  asked('amount_minor <= ?', filter.toMinor);
  for (const id of filter.before) asked('payout_id < ?', id);
  if (filter.stuck !== undefined) where.push(filter.stuck ? `payout_id in ${STUCK_IDS}` : `not ${IS_STUCK}`);
  values.push(filter.limit);
  const sql = `select ${COLUMNS} from payout
      where ${where.join(' and ')}
      order by payout_id desc limit $${values.length}`;
  return { sql, values };
};
