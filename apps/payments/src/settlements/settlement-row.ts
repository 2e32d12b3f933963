import type { Queryable, Transaction } from '@defter/platform';
import type { SettlementWish } from './settlement.wire.js';

export interface SettlementRow extends SettlementWish {
  readonly settlementId: string;
  readonly requestedBy: string;
  readonly createdAt: Date;
  /** Null of those that were booked before two people were needed. */
  readonly payloadHash: string | null;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
}

/** As it is asked for. */
export type AskedSettlement = SettlementWish &
  Pick<SettlementRow, 'settlementId' | 'requestedBy'> & { readonly payloadHash: string };

interface Row {
  readonly settlement_id: string;
  readonly connection_id: string;
  readonly reference: string;
  readonly amount_minor: string;
  readonly currency: string;
  readonly requested_by: string;
  readonly created_at: Date;
  readonly payload_hash: string | null;
  readonly approved_by: string | null;
  readonly approved_at: Date | null;
}

const COLUMNS = `settlement_id, connection_id, reference, amount_minor, currency, requested_by, created_at,
                 payload_hash, approved_by, approved_at`;

/** Writes it, unless its reference is taken; false then. While another transaction takes it, this waits. */
export const insertSettlement = async (
  tx: Transaction,
  tenantId: string,
  settlement: AskedSettlement,
): Promise<boolean> => {
  const { settlementId, connectionId, reference, amountMinor, currency } = settlement;
  const { requestedBy, payloadHash } = settlement;
  const inserted = await tx.query(
    `insert into settlement (tenant_id, settlement_id, connection_id, reference, amount_minor, currency,
                             requested_by, payload_hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (tenant_id, connection_id, reference) do nothing returning settlement_id`,
    [tenantId, settlementId, connectionId, reference, amountMinor, currency, requestedBy, payloadHash],
  );
  return inserted.length > 0;
};

export const settlementByReference = async (
  database: Queryable,
  tenantId: string,
  { connectionId, reference }: Pick<SettlementWish, 'connectionId' | 'reference'>,
): Promise<SettlementRow | undefined> => {
  const [row] = await database.query<Row>(
    `select ${COLUMNS} from settlement where tenant_id = $1 and connection_id = $2 and reference = $3`,
    [tenantId, connectionId, reference],
  );
  return row && toSettlement(row);
};

/** The settlement, nobody else's until the end of the transaction. */
export const lockSettlement = async (
  tx: Transaction,
  tenantId: string,
  settlementId: string,
): Promise<SettlementRow | undefined> => {
  const [row] = await tx.query<Row>(
    `select ${COLUMNS} from settlement where tenant_id = $1 and settlement_id = $2 for update`,
    [tenantId, settlementId],
  );
  return row && toSettlement(row);
};

/** Writes the approval. The database refuses one by who asked, and one of anything else. */
export const approveSettlementRow = (
  tx: Transaction,
  tenantId: string,
  settlementId: string,
  { by, payloadHash }: { readonly by: string; readonly payloadHash: string },
): Promise<unknown> =>
  tx.query(
    `update settlement set approved_by = $3, approved_hash = $4, approved_at = now()
      where tenant_id = $1 and settlement_id = $2`,
    [tenantId, settlementId, by, payloadHash],
  );

export interface SettlementFilter {
  readonly connectionId?: string | undefined;
  readonly settlementId?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Newest first. */
export const listSettlements = async (
  database: Queryable,
  tenantId: string,
  { connectionId, settlementId, before, limit }: SettlementFilter,
): Promise<SettlementRow[]> => {
  const rows = await database.query<Row>(
    `select ${COLUMNS} from settlement
      where tenant_id = $1
        and ($2::text is null or connection_id = $2)
        and ($3::text is null or settlement_id = $3)
        and ($4::text is null or settlement_id < $4)
      order by settlement_id desc limit $5`,
    [tenantId, connectionId ?? null, settlementId ?? null, before ?? null, limit],
  );
  return rows.map(toSettlement);
};

const toSettlement = (row: Row): SettlementRow => ({
  settlementId: row.settlement_id,
  connectionId: row.connection_id,
  reference: row.reference,
  amountMinor: BigInt(row.amount_minor),
  currency: row.currency,
  requestedBy: row.requested_by,
  createdAt: row.created_at,
  payloadHash: row.payload_hash,
  approvedBy: row.approved_by,
  approvedAt: row.approved_at,
});
