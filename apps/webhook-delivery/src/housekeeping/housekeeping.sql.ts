import type { Database } from '@defter/platform';
import { statesWith } from '@defter/webhooks-domain';

/** Rows of a step. */
const STEP = 1_000;

/** Deliveries of deleted endpoints. @returns whether there may be more */
export const cancelOrphans = async (database: Database, tenantId: string): Promise<boolean> => {
  const canceled = await database.query(
    `update webhook_delivery
        set state = 'canceled', reason = 'endpoint_deleted', due_at = null, closed_at = now()
      where tenant_id = $1 and id = any(array(
        select delivery.id from webhook_delivery delivery
          join webhook_endpoint endpoint on endpoint.tenant_id = $1 and endpoint.id = delivery.endpoint_id
         where delivery.tenant_id = $1 and delivery.due_at is not null and endpoint.status = 'deleted'
         limit ${STEP} for update of delivery skip locked)) and state = any($2)
     returning id`,
    [tenantId, statesWith('endpoint deleted')],
  );
  return canceled.length === STEP;
};

/** Deliveries with as many leases as the ladder has attempts, whose last worker said nothing. */
export const endAbandoned = async (
  database: Database,
  tenantId: string,
  ladderLength: number,
): Promise<boolean> => {
  const ended = await database.query(
    `update webhook_delivery
        set state = 'dead', reason = 'worker_died', due_at = null, closed_at = now()
      where tenant_id = $1 and id = any(array(
        select id from webhook_delivery
         where tenant_id = $1 and due_at is not null and due_at <= now() and tries >= $2
         limit ${STEP} for update skip locked)) and state = any($3)
     returning id`,
    [tenantId, ladderLength, statesWith('failed for the last time')],
  );
  return ended.length === STEP;
};

/**
 * Messages beyond their age with all that hangs on them; what is being sent this moment waits for the next
 * time. An object's last status stays for ever: a payment is refunded or disputed long after its messages
 * are gone.
 */
export const removeOld = (database: Database, tenantId: string, keepMs: number): Promise<boolean> =>
  database.transaction(async (tx) => {
    const old = await tx.query<{ id: string }>(
      `select id from webhook_message message
        where tenant_id = $1 and created_at < now() - $2 * interval '1 millisecond'
          and not exists (select from webhook_delivery delivery
                where delivery.tenant_id = $1 and delivery.message_id = message.id
                  and delivery.state = 'sending')
        order by created_at limit ${STEP}`,
      [tenantId, keepMs],
    );
    const ids = old.map(({ id }) => id);
    await tx.query('delete from webhook_delivery where tenant_id = $1 and message_id = any($2)', [
      tenantId,
      ids,
    ]);
    await tx.query('delete from webhook_message where tenant_id = $1 and id = any($2)', [tenantId, ids]);
    await tx.query(
      `delete from webhook_replay
        where tenant_id = $1 and ended_at < now() - $2 * interval '1 millisecond'`,
      [tenantId, keepMs],
    );
    return ids.length === STEP;
  });
