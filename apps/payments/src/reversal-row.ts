import type { Queryable, Transaction } from '@defter/platform';

export interface Reversal {
  readonly ledger: string;
  readonly transactionId: number;
  readonly revertedBy: number;
}

/** Notes what the ledger has reverted; harmless to repeat. */
export const noteReversals = (
  database: Queryable,
  tenantId: string,
  reversals: readonly Reversal[],
): Promise<unknown> =>
  database.query(
    `insert into ledger_reversal (tenant_id, ledger, transaction_id, reverted_by)
     select $1, ledger, transaction_id, reverted_by
       from unnest($2::text[], $3::bigint[], $4::bigint[]) item (ledger, transaction_id, reverted_by)
      order by ledger, transaction_id on conflict do nothing`,
    [
      ...[tenantId, reversals.map(({ ledger }) => ledger)],
      ...[reversals.map(({ transactionId }) => transactionId), reversals.map(({ revertedBy }) => revertedBy)],
    ],
  );

export interface RevertedSettlement {
  readonly settlementId: string;
  readonly transactionId: bigint;
  readonly revertedBy: bigint;
}

/** A reversal of what a settlement has booked; nobody else sees to it until the end of the transaction. */
export const takeRevertedSettlement = async (
  tx: Transaction,
  tenantId: string,
  ledger: string,
): Promise<RevertedSettlement | undefined> => {
  const [reverted] = await tx.query<RevertedSettlement>(
    `select booking.owner_id as "settlementId", reversal.transaction_id as "transactionId",
            reversal.reverted_by as "revertedBy"
       from ledger_reversal reversal
       join booking on booking.tenant_id = $1 and booking.transaction_id = reversal.transaction_id
        and booking.kind = 'settlement' and booking.transaction_id is not null
        and booking.state = 'booked'
      where reversal.tenant_id = $1 and reversal.ledger = $2
      order by reversal.transaction_id limit 1 for update of reversal skip locked`,
    [tenantId, ledger],
  );
  return reverted;
};

/**
 * A reversal of what has taken a settlement out of the books, or put it into them again; nobody else sees to
 * it until the end of the transaction.
 */
export const takeFurtherReversal = async (
  tx: Transaction,
  tenantId: string,
  ledger: string,
): Promise<RevertedSettlement | undefined> => {
  const [further] = await tx.query<RevertedSettlement>(
    `select settlement.settlement_id as "settlementId", reversal.transaction_id as "transactionId",
            reversal.reverted_by as "revertedBy"
       from ledger_reversal reversal
       join settlement on settlement.tenant_id = $1 and settlement.ended_how = 'reverted'
        and coalesce(settlement.reinstated_by, settlement.reverted_again_by, settlement.reverted_by)
            = reversal.transaction_id
      where reversal.tenant_id = $1 and reversal.ledger = $2
      order by reversal.transaction_id limit 1 for update of reversal skip locked`,
    [tenantId, ledger],
  );
  return further;
};

export const forgetReversal = (
  tx: Transaction,
  tenantId: string,
  ledger: string,
  transactionId: bigint,
): Promise<unknown> =>
  tx.query(`delete from ledger_reversal where tenant_id = $1 and ledger = $2 and transaction_id = $3`, [
    ...[tenantId, ledger, transactionId],
  ]);

/**
 * Forgets reversals of what no settlement had booked, and that put none back or take it out again. One that
 * is booked without our knowing was asked for before its reversal came: while none waits for its answer that
 * long, there is none.
 */
export const forgetForeignReversals = (
  database: Queryable,
  tenantId: string,
  ledger: string,
): Promise<unknown> =>
  database.query(
    `delete from ledger_reversal reversal
      where reversal.tenant_id = $1
        and (reversal.ledger <> $2
          or (not exists (select from booking
                           where booking.tenant_id = $1 and booking.kind = 'settlement'
                             and booking.state = 'requested' and booking.requested_at < reversal.noted_at)
          and not exists (select from booking
                           where booking.tenant_id = $1 and booking.kind = 'settlement'
                             and booking.transaction_id = reversal.transaction_id
                             and booking.transaction_id is not null)
          and not exists (select from ledger_reversal earlier
                           where earlier.tenant_id = $1 and earlier.ledger = $2
                             and earlier.reverted_by = reversal.transaction_id)
          and not exists (select from settlement
                           where settlement.tenant_id = $1 and settlement.ended_how = 'reverted'
                             and coalesce(settlement.reinstated_by, settlement.reverted_again_by,
                                          settlement.reverted_by) = reversal.transaction_id)))`,
    [tenantId, ledger],
  );
