import type { Transaction } from '@defter/platform';

interface BankLines {
  readonly connectionId: string;
  /** Reconciliation's keys of the bank's bookings. */
  readonly lineKeys: readonly string[];
}

export interface CreditedBy {
  readonly settlementId: string;
  /** It isn't, or no longer, booked. */
  readonly isEnded: boolean;
}

/**
 * The settlement that one of these credits of the bank is in; one that hasn't ended before others. Hold the
 * connection's lock.
 */
export const settlementOfBankLines = async (
  tx: Transaction,
  tenantId: string,
  { connectionId, lineKeys }: BankLines,
): Promise<CreditedBy | undefined> => {
  const [row] = await tx.query<CreditedBy>(
    `select line.settlement_id as "settlementId", settlement.ended_how is not null as "isEnded"
       from settlement_bank_line line
       join settlement on settlement.tenant_id = $1 and settlement.settlement_id = line.settlement_id
      where line.tenant_id = $1 and line.connection_id = $2 and line.line_key = any($3)
      order by settlement.ended_how is not null, line.settlement_id limit 1`,
    [tenantId, connectionId, lineKeys],
  );
  return row;
};

/**
 * Notes that the credits are in the settlement; one that another settlement has stays that one's, unless that
 * has ended.
 */
export const noteBankLines = (
  tx: Transaction,
  tenantId: string,
  { connectionId, lineKeys, settlementId }: BankLines & { readonly settlementId: string },
): Promise<unknown> =>
  tx.query(
    `insert into settlement_bank_line (tenant_id, connection_id, line_key, settlement_id)
     select $1, $2, line_key, $4 from unnest($3::text[]) line_key order by line_key
     on conflict (tenant_id, connection_id, line_key) do update set settlement_id = excluded.settlement_id
      where exists (select from settlement
                     where settlement.tenant_id = $1
                       and settlement.settlement_id = settlement_bank_line.settlement_id
                       and settlement.ended_how is not null)`,
    [tenantId, connectionId, lineKeys, settlementId],
  );
