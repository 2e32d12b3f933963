import type { Transaction } from '@defter/platform';
import { type Row, SETTLEMENT_COLUMNS, type SettlementRow, toSettlement } from '../settlement-row.js';

/** A batch of a connection in one currency. */
export interface BatchName {
  readonly connectionId: string;
  readonly batchRef: string;
  readonly currency: string;
}

/** The reference of the settlement of a batch: the same whoever finds it, and however often. */
export const batchReference = ({ batchRef, currency }: Omit<BatchName, 'connectionId'>): string =>
  `${batchRef}/${currency}`;

/** All that a settlement may be called, also before its batch was known. */
export const namesOf = ({ batchRef, currency }: Omit<BatchName, 'connectionId'>): readonly string[] => {
  const end = `/${currency}`;
  const bare = batchRef.endsWith(end) ? batchRef.slice(0, -end.length) : batchRef;
  return [...new Set([bare, batchReference({ batchRef: bare, currency }), batchRef])];
};

/**
 * Nobody else asks for a settlement of the connection until the end of the transaction: a person and
 * reconciliation may ask for the same one at once, under names that no unique key compares.
 */
export const lockConnection = (tx: Transaction, tenantId: string, connectionId: string): Promise<unknown> =>
  tx.query(`select pg_advisory_xact_lock(hashtextextended('defter settlement ' || $1 || '/' || $2, 0))`, [
    tenantId,
    connectionId,
  ]);

/**
 * The settlement of a batch, whether a person asked for it by the batch's name or reconciliation did: the one
 * that is open or booked; else one that stands in the books again; else the last one that the ledger has not,
 * or no longer; else the last one that people ended.
 */
export const settlementOfBatch = async (
  tx: Transaction,
  tenantId: string,
  { connectionId, batchRef, currency }: BatchName,
): Promise<SettlementRow | undefined> => {
  const [row] = await tx.query<Row>(
    `select ${SETTLEMENT_COLUMNS} from settlement
      where tenant_id = $1 and connection_id = $2 and currency = $3
        and (batch_ref = any($4) or reference = any($4) or ended_reference = any($4))
      order by ended_how is not null, reinstated_by is null, ended_how in ('rejected', 'withdrawn'),
               ended_at desc, created_at, settlement_id limit 1`,
    [tenantId, connectionId, currency, namesOf({ batchRef, currency })],
  );
  return row && toSettlement(row);
};

/** What a transfer is known by. */
interface Likeness {
  readonly connectionId: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  /** What it is called, by the bank, too. */
  readonly names: readonly string[];
  /** Its own row, where it has one. */
  readonly except: string | null;
}

/** $1 tenant, $2 connection, $3 currency, $4 amount, $5 names, $6 its own row. */
const ALIKE = `
  tenant_id = $1 and connection_id = $2 and currency = $3
    and (amount_minor = $4 or reference = any($5) or ended_reference = any($5)
      or batch->'bankReferences' ?| $5)
    and settlement_id is distinct from $6 and created_at > now() - interval '60 days'`;

/**
 * Another settlement that may be the same transfer under another name: of the last 60 days, of the same
 * amount or by a name of it; one that is booked before others, then the latest. Another batch counts, too: it
 * may be the same one renamed.
 */
export const similarSettlement = async (
  tx: Transaction,
  tenantId: string,
  settlement: Likeness,
): Promise<string | null> => {
  const { connectionId, currency, amountMinor, names, except } = settlement;
  const [row] = await tx.query<{ settlement_id: string }>(
    `select settlement_id from settlement where ${ALIKE}
      order by approved_at is null, settlement_id desc limit 1`,
    [tenantId, connectionId, currency, amountMinor, names, except],
  );
  return row?.settlement_id ?? null;
};

/**
 * Settlements that are booked and may be the same transfer. Where the bank's credits of both are known they
 * are of different ones, for a credit is in one settlement. Hold the connection's lock.
 */
export const bookedLikes = async (
  tx: Transaction,
  tenantId: string,
  { connectionId, currency, amountMinor, names, except }: Likeness,
): Promise<string[]> => {
  const rows = await tx.query<{ settlement_id: string }>(
    `select settlement_id from settlement where ${ALIKE} and approved_at is not null
        and (ended_how is null or reinstated_by is not null)
        and not (exists (select from settlement_bank_line line
                          where line.tenant_id = $1 and line.settlement_id = settlement.settlement_id)
             and exists (select from settlement_bank_line line
                          where line.tenant_id = $1 and line.settlement_id = $6))
      order by settlement_id`,
    [tenantId, connectionId, currency, amountMinor, names, except],
  );
  return rows.map(({ settlement_id: id }) => id);
};

/** A transfer by all that can't be another one's. */
export interface OwnThings {
  readonly connectionId: string;
  readonly currency: string;
  readonly names: readonly string[];
  /** Reconciliation's keys of the bank's credits. */
  readonly lineKeys: readonly string[];
  /** Its own row, where it has one. */
  readonly except: string | null;
}

/** $1 tenant, $2 connection, $3 currency, $4 names, $5 credits, $6 its own row. */
const THE_SAME = `
  tenant_id = $1 and connection_id = $2 and settlement_id is distinct from $6
    and ((currency = $3 and (batch_ref = any($4) or reference = any($4) or ended_reference = any($4)))
      or batch->'bankLines' ?| $5
      or exists (select from settlement_bank_line line
                  where line.tenant_id = $1 and line.connection_id = $2 and line.line_key = any($5)
                    and line.settlement_id = settlement.settlement_id))`;

const first = async (
  tx: Transaction,
  tenantId: string,
  { connectionId, currency, names, lineKeys, except }: OwnThings,
  state: string,
): Promise<string | null> => {
  const [row] = await tx.query<{ settlement_id: string }>(
    `select settlement_id from settlement where ${THE_SAME} and ${state} order by settlement_id limit 1`,
    [tenantId, connectionId, currency, names, lineKeys, except],
  );
  return row?.settlement_id ?? null;
};

/**
 * A settlement of the same transfer that was reverted and stands in the books again: none may be booked in
 * its place. Hold the connection's lock.
 */
export const standingAgain = (tx: Transaction, tenantId: string, own: OwnThings): Promise<string | null> =>
  first(tx, tenantId, own, 'reinstated_by is not null');

/** A settlement of the same transfer that is approved. Hold the connection's lock. */
export const approvedInPlace = (tx: Transaction, tenantId: string, own: OwnThings): Promise<string | null> =>
  first(tx, tenantId, own, 'approved_at is not null and ended_how is null');
