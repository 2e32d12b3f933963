import type { EndedSettlement, SettlementStage } from '@defter/payments-domain';
import type { Queryable, Transaction } from '@defter/platform';
import type { BatchFigures } from './settlements/batch-figures.js';
import type { SettlementWish } from './settlements/settlement.wire.js';

/** What a settlement has beside what a person asks for. */
export interface SettlementFacts {
  /** Null where a person asked. */
  readonly batchRef: string | null;
  readonly batch: BatchFigures | null;
  /** What the provider kept beyond what was booked at capture; below zero: less. */
  readonly feeDifferenceMinor: bigint;
  /** Who handed in the files that it follows from. */
  readonly evidenceBy: readonly string[];
  /** Another settlement that may be the same transfer. */
  readonly similarTo: string | null;
  /** Booked without a person, because the settings say so. */
  readonly automatic: boolean;
}

export interface SettlementRow extends SettlementWish, SettlementFacts {
  readonly settlementId: string;
  readonly requestedBy: string;
  readonly createdAt: Date;
  /** Null of those that were booked before two people were needed. */
  readonly payloadHash: string | null;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
  /** Of one that is not, or no longer, booked. */
  readonly end: SettlementEnd | null;
}

export interface SettlementEnd {
  readonly how: EndedSettlement['how'];
  readonly at: Date;
  readonly by: string;
  readonly reason: string;
  /** The number of the transaction that reverted what it had booked. */
  readonly revertedBy: bigint | null;
  /** That of the transaction that reverted this one: it stands in the books again. */
  readonly reinstatedBy: bigint | null;
}

/** As it is asked for. */
export type AskedSettlement = SettlementWish &
  SettlementFacts &
  Pick<SettlementRow, 'settlementId' | 'requestedBy'> & { readonly payloadHash: string };

export interface Row {
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
  readonly batch_ref: string | null;
  readonly batch: BatchFigures | null;
  readonly fee_difference_minor: string;
  readonly evidence_by: readonly string[];
  readonly similar_to: string | null;
  readonly automatic: boolean;
  readonly ended_how: EndedSettlement['how'] | null;
  readonly ended_at: Date | null;
  readonly ended_by: string | null;
  readonly end_reason: string | null;
  readonly reverted_by: string | bigint | null;
  readonly reinstated_by: string | bigint | null;
}

export const SETTLEMENT_COLUMNS = `settlement_id, connection_id,
                 coalesce(ended_reference, reference) as reference, amount_minor, currency,
                 requested_by, created_at, payload_hash, approved_by, approved_at, batch_ref, batch,
                 fee_difference_minor, evidence_by, similar_to, automatic, ended_how, ended_at, ended_by,
                 end_reason, reverted_by, reinstated_by`;

/**
 * Writes it, unless its reference is taken by one that hasn't ended; false then. While another transaction
 * takes it, this waits.
 */
export const insertSettlement = async (
  tx: Transaction,
  tenantId: string,
  settlement: AskedSettlement,
): Promise<boolean> => {
  const { settlementId, connectionId, reference, amountMinor, currency } = settlement;
  const { requestedBy, payloadHash, batchRef, batch, feeDifferenceMinor } = settlement;
  const { evidenceBy, similarTo, automatic } = settlement;
  const inserted = await tx.query(
    `insert into settlement (tenant_id, settlement_id, connection_id, reference, amount_minor, currency,
                             requested_by, payload_hash, batch_ref, batch, fee_difference_minor, evidence_by,
                             similar_to, automatic, approved_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, case when $14 then now() end)
     on conflict (tenant_id, connection_id, reference) do nothing returning settlement_id`,
    [
      ...[tenantId, settlementId, connectionId, reference, amountMinor, currency, requestedBy, payloadHash],
      ...[batchRef, batch === null ? null : JSON.stringify(batch), feeDifferenceMinor, evidenceBy],
      ...[similarTo, automatic],
    ],
  );
  return inserted.length > 0;
};

export type Renewal = Pick<
  AskedSettlement,
  'settlementId' | 'batch' | 'feeDifferenceMinor' | 'evidenceBy' | 'similarTo' | 'payloadHash'
>;

/** Gives a proposal of reconciliation other figures. @returns whether nobody had approved it meanwhile */
export const renewProposal = async (
  tx: Transaction,
  tenantId: string,
  { settlementId, batch, feeDifferenceMinor, evidenceBy, similarTo, payloadHash }: Renewal,
): Promise<boolean> => {
  const renewed = await tx.query(
    `update settlement set batch = $3, fee_difference_minor = $4, evidence_by = $5, similar_to = $6,
                           payload_hash = $7
      where tenant_id = $1 and settlement_id = $2 and batch_ref is not null and approved_at is null
        and ended_how is null
     returning settlement_id`,
    [
      ...[tenantId, settlementId, JSON.stringify(batch), feeDifferenceMinor, evidenceBy, similarTo],
      payloadHash,
    ],
  );
  return renewed.length > 0;
};

/** The one of this name that hasn't ended. */
export const settlementByReference = async (
  database: Queryable,
  tenantId: string,
  { connectionId, reference }: Pick<SettlementWish, 'connectionId' | 'reference'>,
): Promise<SettlementRow | undefined> => {
  const [row] = await database.query<Row>(
    `select ${SETTLEMENT_COLUMNS} from settlement
      where tenant_id = $1 and connection_id = $2 and reference = $3 and ended_how is null`,
    [tenantId, connectionId, reference],
  );
  return row && toSettlement(row);
};

/** As it is now, without waiting for whoever changes it. */
export const readSettlement = async (
  database: Queryable,
  tenantId: string,
  settlementId: string,
): Promise<SettlementRow | undefined> => {
  const [row] = await database.query<Row>(
    `select ${SETTLEMENT_COLUMNS} from settlement where tenant_id = $1 and settlement_id = $2`,
    [tenantId, settlementId],
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
    `select ${SETTLEMENT_COLUMNS} from settlement where tenant_id = $1 and settlement_id = $2 for update`,
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

/** Writes how it ended. The database refuses an end of what is decided otherwise, and a second one. */
export const endSettlementRow = (
  tx: Transaction,
  tenantId: string,
  settlementId: string,
  { how, by, reason, revertedBy }: Omit<SettlementEnd, 'at' | 'reinstatedBy'>,
): Promise<unknown> =>
  tx.query(
    `update settlement
        set ended_how = $3, ended_by = $4, end_reason = $5, reverted_by = $6, ended_at = clock_timestamp()
      where tenant_id = $1 and settlement_id = $2`,
    [tenantId, settlementId, how, by, reason, revertedBy],
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
    `select ${SETTLEMENT_COLUMNS} from settlement
      where tenant_id = $1
        and ($2::text is null or connection_id = $2)
        and ($3::text is null or settlement_id = $3)
        and ($4::text is null or settlement_id < $4)
      order by settlement_id desc limit $5`,
    [tenantId, connectionId ?? null, settlementId ?? null, before ?? null, limit],
  );
  return rows.map(toSettlement);
};

/** The settlement of a row with `SETTLEMENT_COLUMNS`. */
export const toSettlement = (row: Row): SettlementRow => ({
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
  batchRef: row.batch_ref,
  batch: row.batch,
  feeDifferenceMinor: BigInt(row.fee_difference_minor),
  evidenceBy: row.evidence_by,
  similarTo: row.similar_to,
  automatic: row.automatic,
  end: endOf(row),
});

const endOf = ({
  ended_how: how,
  ended_at: at,
  ended_by: by,
  end_reason: reason,
  reverted_by: revertedBy,
  reinstated_by: reinstatedBy,
}: Row): SettlementEnd | null => {
  if (how === null || at === null || by === null || reason === null) return null;
  return { how, at, by, reason, revertedBy: numberOf(revertedBy), reinstatedBy: numberOf(reinstatedBy) };
};

const numberOf = (number: string | bigint | null): bigint | null => (number === null ? null : BigInt(number));

/** Whether the money is in the books, or will be: open or booked, or reverted and standing again. */
export const isLive = ({ end }: Pick<SettlementRow, 'end'>): boolean =>
  end === null || end.reinstatedBy !== null;

/** Where it stands, as decisions need it. */
export const stageOf = ({ approvedAt, approvedBy, end }: SettlementRow): SettlementStage => {
  if (end !== null) {
    const { how: status, by, at, reason } = end;
    return { status, by, at: at.toISOString(), reason };
  }
  if (approvedAt === null) return { status: 'requested' };
  return { status: 'approved', by: approvedBy, at: approvedAt.toISOString() };
};
