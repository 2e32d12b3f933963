import {
  assetOfCurrency,
  type Dispute,
  type ExistingIntent,
  owedMinor,
  pauseMs,
  payableOf,
} from '@defter/payments-domain';
import type { Queryable, Transaction } from '@defter/platform';

/** Per round and tenant. */
const LIMIT = 20;

/** Something is owed, or was taken too much, for a dispute. */
export interface Debt {
  readonly intentId: string;
  readonly operationId: string;
  /** Whose funds are to be looked at. */
  readonly account: string;
  readonly asset: string;
  /** When it would be taken again; another time means that something has happened since. */
  readonly dueAt: string;
}

/** Brings the rows up to the state after a step; what changed is looked at soon, or after its pause. */
export const updateDebtRows = async (
  tx: Transaction,
  tenantId: string,
  intent: ExistingIntent,
): Promise<void> => {
  for (const dispute of intent.disputes.filter(({ bookings }) => bookings.includes('debt')))
    await upsert(tx, tenantId, intent, dispute);
};

const upsert = (
  tx: Transaction,
  tenantId: string,
  intent: ExistingIntent,
  dispute: Dispute,
): Promise<unknown> => {
  const { operationId } = dispute;
  const operation = intent.operations.find((one) => one.operationId === operationId);
  if (operation === undefined) throw new Error(`${dispute.disputeId} lost its operation`);
  return tx.query(
    `insert into debt (tenant_id, operation_id, owner_id, account, asset, owed_minor)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant_id, operation_id) do update
        set owed_minor = excluded.owed_minor, due_at = now() + $7 * interval '1 millisecond',
            updated_at = now()
      where debt.owed_minor <> excluded.owed_minor`,
    [
      ...[tenantId, operationId, intent.intentId, payableOf(intent), assetOfCurrency(operation.currency)],
      ...[owedMinor(dispute, operation), pauseMs(dispute)],
    ],
  );
};

/**
 * Takes debts that may be collected; each is taken again when money comes, or after `leaseMs`, unless whoever
 * took it says by then that it may rest: who dies before that has looked at nothing.
 */
export const takeDueDebts = (database: Queryable, tenantId: string, leaseMs: number): Promise<Debt[]> =>
  database.query<Debt>(
    `with due as (
       select operation_id from debt
        where tenant_id = $1 and owed_minor <> 0 and due_at <= now()
        order by due_at limit ${LIMIT} for update skip locked)
     update debt set due_at = now() + $2 * (1 + random()) * interval '1 millisecond'
       from due where debt.tenant_id = $1 and debt.operation_id = due.operation_id
     returning debt.owner_id as "intentId", debt.operation_id as "operationId", debt.account, debt.asset,
               debt.due_at::text as "dueAt"`,
    [tenantId, leaseMs],
  );

/**
 * There was nothing to take: it is looked at again when money comes, or after `retryMs`. Not where something
 * has happened since it was taken; and not once the lease is over, for then `wakeDebts` took it for due
 * already.
 */
export const restDebt = (
  tx: Transaction,
  tenantId: string,
  { operationId, dueAt }: Debt,
  retryMs: number,
): Promise<unknown> =>
  tx.query(
    `update debt set due_at = now() + $4 * (1 + random()) * interval '1 millisecond'
      where tenant_id = $1 and operation_id = $2 and due_at = $3::timestamptz
        and due_at > clock_timestamp()`,
    [tenantId, operationId, dueAt, retryMs],
  );

/** It is looked at again soon: a part of it waits for the ledger. */
export const lookAgain = (database: Queryable, tenantId: string, operationId: string): Promise<unknown> =>
  database.query(
    `update debt set due_at = least(due_at, now() + interval '1 second')
      where tenant_id = $1 and operation_id = $2`,
    [tenantId, operationId],
  );

/**
 * Whether nothing has happened to it since it was taken: no part asked for or refused, no money come. Under
 * its intent's lock.
 */
export const isAsTaken = async (tx: Transaction, tenantId: string, debt: Debt): Promise<boolean> => {
  const rows = await tx.query(
    'select from debt where tenant_id = $1 and operation_id = $2 and due_at = $3::timestamptz',
    [tenantId, debt.operationId, debt.dueAt],
  );
  return rows.length > 0;
};

/** Whether the ledger has yet to answer for a part of the debt. */
export const isMoving = async (
  database: Queryable,
  tenantId: string,
  operationId: string,
): Promise<boolean> => {
  const rows = await database.query(
    `select from booking
      where tenant_id = $1 and operation_id = $2 and state = 'requested' and kind in ('recovery', 'repayment')
      limit 1`,
    [tenantId, operationId],
  );
  return rows.length > 0;
};

/**
 * Money has come to these accounts: whoever owes something of it is asked. Where the last part was refused
 * for another reason than funds, money is no reason to ask before the pause is over.
 */
export const wakeDebts = (
  database: Queryable,
  tenantId: string,
  funds: readonly { readonly account: string; readonly asset: string }[],
): Promise<unknown> =>
  database.query(
    `update debt set due_at = now()
       from unnest($2::text[], $3::text[]) as funds (account, asset)
      where debt.tenant_id = $1 and debt.account = funds.account and debt.asset = funds.asset
        and owed_minor <> 0 and due_at > now()
        and 'insufficient-funds' = coalesce((
          select coalesce(refusal, 'insufficient-funds') from booking
           where booking.tenant_id = $1 and booking.owner_id = debt.owner_id
             and booking.operation_id = debt.operation_id and kind in ('recovery', 'repayment')
           order by requested_at desc limit 1), 'insufficient-funds')`,
    [tenantId, funds.map(({ account }) => account), funds.map(({ asset }) => asset)],
  );
