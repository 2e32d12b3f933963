import { type ExistingPayout, fromPlain, toPlain } from '@defter/payments-domain';
import type { Transaction } from '@defter/platform';

export interface PayoutRow {
  readonly payout: ExistingPayout;
  readonly version: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly isStuck: boolean;
}

/** Writes the row of a claimed payout; the ledger is asked again when nothing is known in `retryMs`. */
export const insertPayoutRow = (
  tx: Transaction,
  tenantId: string,
  payout: ExistingPayout,
  { version, retryMs }: { readonly version: bigint; readonly retryMs: number },
): Promise<unknown> =>
  tx.query(
    `insert into payout (tenant_id, payout_id, customer_id, amount_minor, currency, provider,
                         requested_by, status, state, version, review_deadline, sla_breach_at, reserve_due_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now() + $13 * interval '1 millisecond')`,
    [
      tenantId,
      payout.payoutId,
      payout.customerId,
      payout.amountMinor,
      payout.currency,
      payout.provider,
      payout.requestedBy,
      payout.status,
      JSON.stringify(toPlain(payout)),
      version,
      payout.reviewDeadline,
      payout.slaBreachAt,
      retryMs,
    ],
  );

/** Brings the row up to the state after a step. */
export const updatePayoutRow = (
  tx: Transaction,
  tenantId: string,
  payout: ExistingPayout,
  version: bigint,
): Promise<unknown> =>
  tx.query(
    `update payout
        set status = $3, state = $4, version = $5, assignee = $6, updated_at = now(),
            reserve_due_at = case when $3 = 'reserving' then reserve_due_at end
      where tenant_id = $1 and payout_id = $2`,
    [tenantId, payout.payoutId, payout.status, JSON.stringify(toPlain(payout)), version, payout.assignee],
  );

/**
 * Takes payouts whose hold is still not known; each is taken again after `retryMs`, so nobody needs to
 * give it back.
 */
export const takeReserving = async (
  tx: Transaction,
  tenantId: string,
  retryMs: number,
): Promise<ExistingPayout[]> => {
  const rows = await tx.query<{ state: Record<string, unknown> }>(
    `with due as (
       select payout_id from payout
        where tenant_id = $1 and reserve_due_at <= now()
        order by reserve_due_at limit 20 for update skip locked)
     update payout set reserve_due_at = now() + $2 * interval '1 millisecond'
       from due where payout.tenant_id = $1 and payout.payout_id = due.payout_id
     returning payout.state`,
    [tenantId, retryMs],
  );
  return rows.map(({ state }) => fromPlain<ExistingPayout>(state));
};

export interface StoredRow {
  readonly state: Record<string, unknown>;
  readonly version: bigint;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly is_stuck: boolean;
}

export const toPayoutRow = (row: StoredRow): PayoutRow => ({
  payout: fromPlain<ExistingPayout>(row.state),
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  isStuck: row.is_stuck,
});
