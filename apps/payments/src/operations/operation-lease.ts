import type { ProviderOperation } from '@defter/payments-contracts';
import type { Queryable, Transaction } from '@defter/platform';
import type { Line } from './call-places.js';

/** An operation that a runner holds: no one else touches it until the lease runs out. */
export interface LeasedOperation {
  readonly tenantId: string;
  readonly ownerId: string;
  readonly connectionId: string;
  readonly provider: string;
  readonly step: 'send' | 'look_up';
  /** An earlier send may have arrived; false only when it provably didn't, or there was none. */
  readonly mayHaveArrived: boolean;
  readonly leaseNumber: number;
  /** The name under which the provider knows it: our id, of what it began itself (a dispute) its own. */
  readonly lookupId: string;
  readonly call: ProviderOperation;
}

interface Row {
  readonly operation_id: string;
  readonly owner_id: string;
  readonly connection_id: string;
  readonly provider: string;
  readonly kind: ProviderOperation['kind'];
  readonly customer_id: string;
  readonly amount_minor: string;
  readonly currency: string;
  readonly reference: string;
  readonly instrument: string | null;
  readonly return_url: string | null;
  readonly metadata: Record<string, string>;
  readonly parent_ref: string | null;
  readonly provider_ref: string | null;
  readonly step: 'send' | 'look_up';
  readonly result: string;
  readonly lease_number: number;
}

// Whoever takes an operation leaves it as “to be looked up when the lease runs out”: a crash is asked about,
// never repeated.
const LEASE = `
  with due as (
    select operation_id, next_step as step
      from operation
     where tenant_id = $1 and connection_id = $2 and next_step is not null and due_at <= now()
     order by due_at
     limit $3
       for update skip locked)
  update operation
     set leased = true, lease_number = operation.lease_number + 1, next_step = 'look_up',
         due_at = now() + $4 * interval '1 millisecond',
         sends = operation.sends + (case when due.step = 'send' then 1 else 0 end), updated_at = now()
    from due
   where operation.tenant_id = $1 and operation.operation_id = due.operation_id
  returning operation.operation_id, operation.owner_id, operation.connection_id,
            operation.provider, operation.kind, operation.customer_id, operation.amount_minor,
            operation.currency, operation.reference,
            operation.instrument, operation.metadata, operation.return_url, operation.provider_ref,
            operation.lease_number, operation.result,
            due.step, (select parent.provider_ref from operation parent
                        where parent.tenant_id = $1
                          and parent.operation_id = operation.parent_operation_id) as parent_ref`;

/** Takes up to `limit` due operations of a connection. */
export const leaseOperations = async (
  tx: Transaction,
  { tenantId, connectionId }: Line,
  { limit, leaseMs }: { readonly limit: number; readonly leaseMs: number },
): Promise<LeasedOperation[]> => {
  const leased = await tx.query<Row>(LEASE, [tenantId, connectionId, limit, leaseMs]);
  return leased.map(toLeased(tenantId));
};

/** Those of the lines that have an operation that is due: one look into the index for each. */
const WAITING = `
  select line.tenant_id as "tenantId", line.connection_id as "connectionId"
    from unnest($1::text[], $2::text[]) as line (tenant_id, connection_id)
    cross join lateral (
      select from operation
       where operation.tenant_id = line.tenant_id and operation.connection_id = line.connection_id
         and next_step is not null and due_at <= now()
       order by due_at limit 1) due`;

/** The lines where somebody waits. */
export const waitingLines = (database: Queryable, lines: readonly Line[]): Promise<Line[]> =>
  database.query<Line>(WAITING, [
    lines.map(({ tenantId }) => tenantId),
    lines.map(({ connectionId }) => connectionId),
  ]);

/** For the timeline, before the call is made: one that never comes back is seen, too. */
export const noteCall = (database: Queryable, held: LeasedOperation): Promise<unknown> =>
  database.query(
    `insert into provider_call (tenant_id, operation_id, lease_number, step) values ($1, $2, $3, $4)
     on conflict do nothing`,
    [held.tenantId, held.call.operationId, held.leaseNumber, held.step],
  );

const toLeased =
  (tenantId: string) =>
  (row: Row): LeasedOperation => ({
    tenantId,
    ownerId: row.owner_id,
    connectionId: row.connection_id,
    provider: row.provider,
    step: row.step,
    // A send that never came back was looked up since, and left `unknown` or more.
    mayHaveArrived: row.result !== 'sending' && row.result !== 'errored',
    leaseNumber: row.lease_number,
    lookupId: row.kind === 'chargeback' ? (row.provider_ref ?? row.operation_id) : row.operation_id,
    call: {
      operationId: row.operation_id,
      kind: row.kind,
      amountMinor: BigInt(row.amount_minor),
      currency: row.currency,
      customerId: row.customer_id,
      reference: row.reference,
      metadata: row.metadata,
      ...(row.instrument === null ? {} : { instrument: row.instrument }),
      ...(row.return_url === null ? {} : { returnUrl: row.return_url }),
      ...(row.parent_ref === null ? {} : { parentProviderRef: row.parent_ref }),
    },
  });

/**
 * Gives the lease back without a result, for what can't go out yet (its connection isn't set up, its ledger
 * isn't there): the same step is due again after a quarter of the time that it has waited by now, at least
 * `leastMs`, at most a minute, and up to a fifth more, so that they don't all come at once. A lost lease
 * changes nothing.
 */
export const postponeOperation = (
  tx: Transaction,
  held: LeasedOperation,
  leastMs: number,
): Promise<unknown> =>
  tx.query(
    `update operation
        set leased = false, next_step = $4,
            due_at = now() + (1 + 0.2 * random())
                     * least(greatest($5 * interval '1 millisecond', (now() - created_at) / 4),
                             interval '1 minute'),
            sends = sends - (case when $4 = 'send' then 1 else 0 end)
      where tenant_id = $1 and operation_id = $2 and lease_number = $3`,
    [held.tenantId, held.call.operationId, held.leaseNumber, held.step, leastMs],
  );

/** Whether the runner still holds it; then it does until the end of the transaction. */
export const holdsLease = async (tx: Transaction, held: LeasedOperation): Promise<boolean> => {
  const rows = await tx.query(
    `select from operation
      where tenant_id = $1 and operation_id = $2 and lease_number = $3 and leased for update`,
    [held.tenantId, held.call.operationId, held.leaseNumber],
  );
  return rows.length > 0;
};

/**
 * Gives a lease back that needs no sending any more, because its owner was canceled or its result came
 * meanwhile; what is still pending is looked up. A lost lease changes nothing.
 */
export const yieldOperation = (tx: Transaction, held: LeasedOperation): Promise<unknown> =>
  tx.query(
    `update operation
        set next_step = case when result = 'pending' then 'look_up' end, leased = false, updated_at = now()
      where tenant_id = $1 and operation_id = $2 and lease_number = $3 and leased`,
    [held.tenantId, held.call.operationId, held.leaseNumber],
  );
