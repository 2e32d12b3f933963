import type { Transaction } from '@defter/platform';

interface BankLines {
  readonly connectionId: string;
  /** Reconciliation's keys of the bank's bookings. */
  readonly lineKeys: readonly string[];
}

/**
 * The settlement that one of these credits of the bank is in; null when none is. Hold the connection's lock.
 */
export const settlementOfBankLines = async (
  tx: Transaction,
  tenantId: string,
  { connectionId, lineKeys }: BankLines,
): Promise<string | null> => {
  const [row] = await tx.query<{ settlement_id: string }>(
    `select settlement_id from settlement_bank_line
      where tenant_id = $1 and connection_id = $2 and line_key = any($3) order by settlement_id limit 1`,
    [tenantId, connectionId, lineKeys],
  );
  return row?.settlement_id ?? null;
};

/** Notes that the credits are in the settlement; one that another settlement has stays that one's. */
export const noteBankLines = (
  tx: Transaction,
  tenantId: string,
  { connectionId, lineKeys, settlementId }: BankLines & { readonly settlementId: string },
): Promise<unknown> =>
  tx.query(
    `insert into settlement_bank_line (tenant_id, connection_id, line_key, settlement_id)
     select $1, $2, line_key, $4 from unnest($3::text[]) line_key order by line_key on conflict do nothing`,
    [tenantId, connectionId, lineKeys, settlementId],
  );
