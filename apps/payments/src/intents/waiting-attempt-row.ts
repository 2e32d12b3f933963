import type { Transaction } from '@defter/platform';

/** Per round and tenant. */
const LIMIT = 20;

/** An attempt whose payer's time is over. */
export interface WaitingAttempt {
  readonly intentId: string;
  readonly operationId: string;
}

/**
 * Takes attempts that wait longer than was noted when they began. Each is taken again after `retryMs`, or up
 * to twice that, so that those that fail together aren't due together: nobody needs to give it back. Which of
 * them wait for their payer is decided under the lock of their intent.
 */
export const takeWaitedOut = (
  tx: Transaction,
  tenantId: string,
  retryMs: number,
): Promise<WaitingAttempt[]> =>
  tx.query<WaitingAttempt>(
    `with due as (
       select operation_id from operation
        where tenant_id = $1 and payer_until <= now() and result = 'pending'
        order by payer_until limit ${LIMIT} for update skip locked)
     update operation set payer_until = now() + $2 * (1 + random()) * interval '1 millisecond'
       from due where operation.tenant_id = $1 and operation.operation_id = due.operation_id
     returning operation.owner_id as "intentId", operation.operation_id as "operationId"`,
    [tenantId, retryMs],
  );

/** It was given up: its payer is no longer waited for, and what is asked from now on is another question. */
export const stopWaiting = (tx: Transaction, tenantId: string, operationId: string): Promise<unknown> =>
  tx.query(
    'update operation set payer_until = null, lookups = 0 where tenant_id = $1 and operation_id = $2',
    [tenantId, operationId],
  );
