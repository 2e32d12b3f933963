import type { OperationState } from '@defter/payments-domain';
import type { Transaction } from '@defter/platform';
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

/**
 * Makes an operation due now, for a person or an event that can't be trusted with money: what provably never
 * left is sent, what may have arrived is looked up. Of one that a runner holds it is noted: what that one is
 * being told may be older than the question.
 */
export const bringForward = async (
  tx: Transaction,
  tenantId: string,
  operationId: string,
  step: 'send' | 'look_up',
): Promise<void> => {
  // A runner that is giving it back right now is waited for: neither statement below would see the row as it
  // becomes, and the question would be lost.
  await tx.query('select from operation where tenant_id = $1 and operation_id = $2 for no key update', [
    tenantId,
    operationId,
  ]);
  await tx.query(
    `update operation set next_step = $3, due_at = now(), alarmed_at = null, updated_at = now()
      where tenant_id = $1 and operation_id = $2 and not leased
        and result = any(case when $3 = 'send' then array['errored'] else array['unknown', 'pending'] end)`,
    [tenantId, operationId, step],
  );
  if (step === 'look_up') await askAgain(tx, tenantId, operationId);
  tx.signal('operations');
};

const askAgain = (tx: Transaction, tenantId: string, operationId: string): Promise<unknown> =>
  tx.query(
    `update operation set asked_again = true, updated_at = now()
      where tenant_id = $1 and operation_id = $2 and leased and next_step = 'look_up'`,
    [tenantId, operationId],
  );

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
