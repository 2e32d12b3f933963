import type { Transaction } from '@defter/platform';
import { bringForward } from '../operations/operation.js';

/** Per round and tenant. */
const LIMIT = 20;

/** An attempt whose payer's time is over. */
export interface WaitingAttempt {
  readonly intentId: string;
  readonly operationId: string;
}

/**
 * Takes attempts that wait longer than was noted when they began; asked about once, only until people are
 * called to them.
 * Each is taken again after `retryMs`, or a quarter of the time that it waits by now, or up to twice that, so
 * that those that fail together aren't due together: nobody needs to give it back. Which of them wait for
 * their payer is what their intents say.
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
          and (alarmed_at is null or payer_asked_at is null)
        order by payer_until limit ${LIMIT} for update skip locked)
     update operation
        set payer_until = now() + (1 + random()) * greatest($2 * interval '1 millisecond',
                                                            (now() - created_at) / 4)
       from due where operation.tenant_id = $1 and operation.operation_id = due.operation_id
     returning operation.owner_id as "intentId", operation.operation_id as "operationId"`,
    [tenantId, retryMs],
  );

/** The provider is asked for it: what it says from now on is about the time after the payer's. */
export const askAboutWaiting = async (
  tx: Transaction,
  tenantId: string,
  operationId: string,
): Promise<void> => {
  await tx.query(
    `update operation set payer_asked_at = clock_timestamp()
      where tenant_id = $1 and operation_id = $2 and payer_until is not null`,
    [tenantId, operationId],
  );
  await bringForward(tx, tenantId, operationId, 'look_up');
};

/**
 * Whether this look-up was begun when the payer's time was over. One that was under way by then may have been
 * answered before its payer finished.
 */
export const isAskedInTime = async (
  tx: Transaction,
  tenantId: string,
  operationId: string,
  leaseNumber: number,
): Promise<boolean> => {
  const rows = await tx.query(
    `select from operation
       join provider_call call on call.tenant_id = operation.tenant_id
        and call.operation_id = operation.operation_id
      where operation.tenant_id = $1 and operation.operation_id = $2 and call.lease_number = $3
        and call.step = 'look_up' and call.started_at >= operation.payer_asked_at`,
    [tenantId, operationId, leaseNumber],
  );
  return rows.length > 0;
};

/** It was given up: its payer is no longer waited for, and what is asked from now on is another question. */
export const stopWaiting = (tx: Transaction, tenantId: string, operationId: string): Promise<unknown> =>
  tx.query(
    `update operation set payer_until = null, payer_asked_at = null, lookups = 0
      where tenant_id = $1 and operation_id = $2`,
    [tenantId, operationId],
  );
