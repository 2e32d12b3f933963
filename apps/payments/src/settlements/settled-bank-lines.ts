import type { Transaction } from '@defter/platform';

interface BankLines {
  readonly connectionId: string;
  /** Reconciliation's keys of the bank's bookings. */
  readonly lineKeys: readonly string[];
}

export interface CreditedBy {
  readonly settlementId: string;
  /** It isn't, or no longer, booked, and doesn't stand in the books again. */
  readonly isEnded: boolean;
}

/** The settlement, unless it has ended. */
export const liveHolder = (holder: CreditedBy | undefined): string | null =>
  holder === undefined || holder.isEnded ? null : holder.settlementId;

/**
 * The settlement, other than `except`, that one of these credits of the bank is in; one that hasn't ended
 * before others. Hold the connection's lock.
 */
export const settlementOfBankLines = async (
  tx: Transaction,
  tenantId: string,
  { connectionId, lineKeys, except }: BankLines & { readonly except: string | null },
): Promise<CreditedBy | undefined> => {
  const [row] = await tx.query<CreditedBy>(
    `select line.settlement_id as "settlementId",
            settlement.ended_how is not null and settlement.reinstated_by is null as "isEnded"
       from settlement_bank_line line
       join settlement on settlement.tenant_id = $1 and settlement.settlement_id = line.settlement_id
      where line.tenant_id = $1 and line.connection_id = $2 and line.line_key = any($3)
        and line.settlement_id is distinct from $4
      order by "isEnded", line.settlement_id limit 1`,
    [tenantId, connectionId, lineKeys, except],
  );
  return row;
};

/**
 * Notes that the credits are in the settlement; they leave one that has ended.
 *
 * @throws Error where another settlement has one of them: look first, under the connection's lock
 */
export const noteBankLines = async (
  tx: Transaction,
  tenantId: string,
  { connectionId, lineKeys, settlementId }: BankLines & { readonly settlementId: string },
): Promise<void> => {
  const keys = [...new Set(lineKeys)];
  const noted = await tx.query(
    `insert into settlement_bank_line as line (tenant_id, connection_id, line_key, settlement_id)
     select $1, $2, line_key, $4 from unnest($3::text[]) line_key order by line_key
     on conflict (tenant_id, connection_id, line_key) do update set settlement_id = excluded.settlement_id
      where line.settlement_id = excluded.settlement_id
         or exists (select from settlement
                     where settlement.tenant_id = $1 and settlement.settlement_id = line.settlement_id
                       and settlement.ended_how is not null and settlement.reinstated_by is null)
     returning line_key`,
    [tenantId, connectionId, keys, settlementId],
  );
  if (noted.length < keys.length)
    throw new Error(`A credit of the bank of settlement ${settlementId} is in another one`);
};
