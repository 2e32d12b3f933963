import type { OperationState } from '@defter/payments-domain';
import type { ProviderOperation } from '@defter/payments-contracts';
import type { Queryable, Transaction } from '@defter/platform';
import type { TrustedFacts } from '@defter/webhooks-contracts';

/** What a new operation needs beside what its aggregate knows. */
export interface OperationOwner {
  readonly ownerId: string;
  readonly customerId: string;
  /** Shown to people at the provider. */
  readonly reference: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the payer comes back to, when only the provider may know it. */
  readonly privateReturnUrl?: string | undefined;
}

/**
 * Writes the operation down before anyone calls the provider; it is due at once. A chargeback is never
 * sent, only heard of.
 */
export const insertOperation = (
  tx: Transaction,
  tenantId: string,
  owner: OperationOwner,
  operation: OperationState,
): Promise<unknown> =>
  tx.query(
    `insert into operation (tenant_id, operation_id, owner_id, kind, provider,
                            connection_id, customer_id, amount_minor, currency, reference, instrument,
                            metadata, parent_operation_id, return_url, payer_until, result, next_step)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
             'sending',
             case when $4 = 'chargeback' then null else 'send' end)`,
    [
      tenantId,
      operation.operationId,
      owner.ownerId,
      operation.kind,
      operation.provider,
      operation.connectionId,
      owner.customerId,
      operation.amountMinor,
      operation.currency,
      owner.reference,
      operation.instrument,
      JSON.stringify(owner.metadata),
      operation.parentOperationId,
      owner.privateReturnUrl ?? operation.returnUrl,
      operation.payerUntil ?? null,
    ],
  );

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
     where tenant_id = $1 and next_step is not null and due_at <= now()
     order by due_at
     limit $2
       for update skip locked)
  update operation
     set leased = true, lease_number = operation.lease_number + 1, next_step = 'look_up',
         due_at = now() + $3 * interval '1 millisecond',
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

/** Takes up to `limit` due operations of a tenant. */
export const leaseOperations = async (
  tx: Transaction,
  tenantId: string,
  limit: number,
  leaseMs: number,
): Promise<LeasedOperation[]> => {
  const leased = await tx.query<Row>(LEASE, [tenantId, limit, leaseMs]);
  return leased.map(toLeased(tenantId));
};

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
 * Gives the lease back without a result: the same step is due again in `inMs`. A lost lease changes
 * nothing.
 */
export const postponeOperation = (tx: Transaction, held: LeasedOperation, inMs: number): Promise<unknown> =>
  tx.query(
    `update operation
        set leased = false, next_step = $4, due_at = now() + $5 * interval '1 millisecond',
            sends = sends - (case when $4 = 'send' then 1 else 0 end)
      where tenant_id = $1 and operation_id = $2 and lease_number = $3`,
    [held.tenantId, held.call.operationId, held.leaseNumber, held.step, inMs],
  );

/**
 * Takes an operation out of the queue: its owner was canceled, or put on hold, before anything was sent. A
 * runner that has it loses its lease, so that it can't send what was released to another one meanwhile.
 */
export const closeOperation = (tx: Transaction, tenantId: string, operationId: string): Promise<unknown> =>
  tx.query(
    `update operation
        set next_step = null, leased = false, lease_number = lease_number + 1, updated_at = now()
      where tenant_id = $1 and operation_id = $2`,
    [tenantId, operationId],
  );

/** Puts an operation back into the queue that nobody has sent; it is due at once. */
export const reopenOperation = async (
  tx: Transaction,
  tenantId: string,
  operationId: string,
): Promise<void> => {
  await tx.query(
    `update operation set next_step = 'send', due_at = now(), alarmed_at = null, updated_at = now()
      where tenant_id = $1 and operation_id = $2 and not leased`,
    [tenantId, operationId],
  );
  tx.signal('operations');
};

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

/**
 * Makes an operation that nobody holds due now, for a person or an event that can't be trusted with money:
 * what
 * provably never left is sent, what may have arrived is looked up.
 */
export const bringForward = async (
  tx: Transaction,
  tenantId: string,
  operationId: string,
  step: 'send' | 'look_up',
): Promise<void> => {
  await tx.query(
    `update operation set next_step = $3, due_at = now(), alarmed_at = null, updated_at = now()
      where tenant_id = $1 and operation_id = $2 and not leased
        and result = any(case when $3 = 'send' then array['errored'] else array['unknown', 'pending'] end)`,
    [tenantId, operationId, step],
  );
  tx.signal('operations');
};

export interface FoundOperation {
  readonly operationId: string;
  readonly ownerId: string;
  readonly kind: string;
  readonly result: string;
  readonly amountMinor: bigint;
  readonly providerRef: string | null;
}

/**
 * The payer came back from a step at the provider: what isn't known is asked for at once. Only the first
 * time, so that reloading a page doesn't use up the ladder.
 */
export const askOnReturn = async (tx: Transaction, tenantId: string, operationId: string): Promise<void> => {
  await tx.query(
    `update operation set next_step = 'look_up', due_at = now(), updated_at = now()
      where tenant_id = $1 and operation_id = $2 and not leased and lookups = 0
        and result in ('unknown', 'pending')`,
    [tenantId, operationId],
  );
  tx.signal('operations');
};

/**
 * The operation that an event of this connection is about: by our id when the provider repeats it, else by
 * the provider's reference. An event of another connection never finds it. An authorisation and its capture
 * may share a reference: a dispute is about the one that took the money, and about none while there is none
 * or more than one.
 */
export const findOperation = async (
  tx: Transaction,
  tenantId: string,
  event: {
    readonly connectionId: string;
    readonly facts: Pick<TrustedFacts, 'operationId' | 'providerRef' | 'kind'>;
  },
): Promise<FoundOperation | undefined> => {
  const { operationId, providerRef, kind } = event.facts;
  const isDispute = kind === 'chargeback';
  const [row, ...others] = await tx.query<Omit<FoundOperation, 'amountMinor'> & { amount_minor: string }>(
    `select operation_id as "operationId", owner_id as "ownerId", kind, result, amount_minor,
         provider_ref as "providerRef"
       from operation
      where tenant_id = $1 and connection_id = $2
        and (operation_id = $3
          or ($3 is null and provider_ref = $4
            and (not $5 or (kind in ('sale', 'capture') and result = 'succeeded'))))
      order by operation_id limit 2`,
    [tenantId, event.connectionId, operationId ?? null, providerRef ?? null, isDispute],
  );
  if (isDispute && others.length > 0) return undefined;
  return row && { ...row, amountMinor: BigInt(row.amount_minor) };
};
