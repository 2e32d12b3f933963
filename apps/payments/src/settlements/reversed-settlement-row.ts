import type { Transaction } from '@defter/platform';

interface Reversed {
  readonly settlementId: string;
  readonly transactionId: bigint;
  readonly revertedBy: bigint;
}

/** The reversal that took it out of the books was reverted. @returns false where that wasn't this one */
export const reinstateSettlementRow = async (
  tx: Transaction,
  tenantId: string,
  { settlementId, transactionId, revertedBy }: Reversed,
): Promise<boolean> => {
  const rows = await tx.query(
    `update settlement set reinstated_by = $4
      where tenant_id = $1 and settlement_id = $2 and ended_how = 'reverted' and reinstated_by is null
        and coalesce(reverted_again_by, reverted_by) = $3
     returning settlement_id`,
    [tenantId, settlementId, transactionId, revertedBy],
  );
  return rows.length > 0;
};

/** What had put it into the books again was reverted. @returns false where that wasn't this one */
export const revertSettlementRowAgain = async (
  tx: Transaction,
  tenantId: string,
  { settlementId, transactionId, revertedBy }: Reversed,
): Promise<boolean> => {
  const rows = await tx.query(
    `update settlement set reinstated_by = null, reverted_again_by = $4
      where tenant_id = $1 and settlement_id = $2 and reinstated_by = $3
     returning settlement_id`,
    [tenantId, settlementId, transactionId, revertedBy],
  );
  return rows.length > 0;
};
