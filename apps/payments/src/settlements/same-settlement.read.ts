import type { Transaction } from '@defter/platform';
import { type Row, SETTLEMENT_COLUMNS, type SettlementRow, toSettlement } from './settlement-row.js';

/** A batch of a connection in one currency. */
export interface BatchName {
  readonly connectionId: string;
  readonly batchRef: string;
  readonly currency: string;
}

/** The reference of the settlement of a batch: the same whoever finds it, and however often. */
export const batchReference = ({ batchRef, currency }: Omit<BatchName, 'connectionId'>): string =>
  `${batchRef}/${currency}`;

/**
 * Nobody else asks for a settlement of the connection until the end of the transaction: a person and
 * reconciliation may ask for the same one at once, under names that no unique key compares.
 */
export const lockConnection = (tx: Transaction, tenantId: string, connectionId: string): Promise<unknown> =>
  tx.query(`select pg_advisory_xact_lock(hashtextextended('defter settlement ' || $1 || '/' || $2, 0))`, [
    tenantId,
    connectionId,
  ]);

/** The settlement of a batch, whether a person asked for it by the batch's name or reconciliation did. */
export const settlementOfBatch = async (
  tx: Transaction,
  tenantId: string,
  { connectionId, batchRef, currency }: BatchName,
): Promise<SettlementRow | undefined> => {
  const [row] = await tx.query<Row>(
    `select ${SETTLEMENT_COLUMNS} from settlement
      where tenant_id = $1 and connection_id = $2 and currency = $4
        and (batch_ref = $3 or reference in ($3, $5))
      order by created_at, settlement_id limit 1`,
    [tenantId, connectionId, batchRef, currency, batchReference({ batchRef, currency })],
  );
  return row && toSettlement(row);
};

/**
 * Another settlement that may be the same transfer under another name: of the last 60 days, of the same
 * amount or by the name that the bank has for it. Another batch counts, too: it may be the same one renamed.
 */
export const similarSettlement = async (
  tx: Transaction,
  tenantId: string,
  settlement: {
    readonly connectionId: string;
    readonly currency: string;
    readonly amountMinor: bigint;
    /** The bank's names of it. */
    readonly names: readonly string[];
    /** Its own row, where it has one. */
    readonly except: string | null;
  },
): Promise<string | null> => {
  const { connectionId, currency, amountMinor, names, except } = settlement;
  const [row] = await tx.query<{ settlement_id: string }>(
    `select settlement_id from settlement
      where tenant_id = $1 and connection_id = $2 and currency = $3
        and (amount_minor = $4 or reference = any($5) or batch->'bankReferences' ?| $5)
        and settlement_id is distinct from $6 and created_at > now() - interval '60 days'
      order by settlement_id desc limit 1`,
    [tenantId, connectionId, currency, amountMinor, names, except],
  );
  return row?.settlement_id ?? null;
};
