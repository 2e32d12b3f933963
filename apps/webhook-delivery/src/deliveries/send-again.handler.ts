import { Injectable } from '@nestjs/common';
import { newId } from '@defter/kernel';
import { Database, notFound, type Transaction } from '@defter/platform';
import { afterTrigger, type DeliveryState } from '@defter/webhooks-domain';
import { insertDeliveries, insertMessages } from '../message-row.js';
import { bodyOf, TEST_SOURCE } from '../public-event.js';
import type { DeliveryRefusal } from './delivery.problems.js';

export type SendOutcome =
  | { readonly accepted: true; readonly deliveryId: string }
  | { readonly accepted: false; readonly refusal: DeliveryRefusal };

type EndpointStatus = 'enabled' | 'disabled' | 'deleted';

/** What a person sends: a delivery once more, or a test. */
@Injectable()
export class SendAgain {
  constructor(private readonly database: Database) {}

  /** Due now, from the beginning of the ladder, under the same id; also one that was delivered. */
  retry(tenantId: string, deliveryId: string): Promise<SendOutcome> {
    return this.database.transaction(async (tx) => {
      const [row] = await tx.query<{ state: DeliveryState; endpoint_id: string }>(
        `select state, endpoint_id from webhook_delivery where tenant_id = $1 and id = $2 for update`,
        [tenantId, deliveryId],
      );
      if (row === undefined) throw notFound();
      const status = await endpointStatus(tx, tenantId, row.endpoint_id);
      const state = afterTrigger(row.state, 'retried by a person');
      if (row.state === 'sending') return refused('delivery-in-flight');
      if (state === undefined || status === 'deleted') return refused('delivery-canceled');
      if (status === 'disabled') return refused('endpoint-disabled');
      await tx.query(
        `update webhook_delivery set state = $3, tries = 0, due_at = now(), closed_at = null
          where tenant_id = $1 and id = $2`,
        [tenantId, deliveryId, state],
      );
      tx.signal('deliveries');
      return { accepted: true, deliveryId };
    });
  }

  /** `webhook.test` to this endpoint alone, whatever types it asks for. */
  test(tenantId: string, endpointId: string): Promise<SendOutcome> {
    return this.database.transaction(async (tx) => {
      const status = await endpointStatus(tx, tenantId, endpointId);
      if (status === undefined || status === 'deleted') throw notFound();
      if (status === 'disabled') return refused('endpoint-disabled');
      const [messageId, deliveryId, type] = [newId('msg'), newId('dlv'), 'webhook.test'];
      const data = { object: 'webhook_endpoint', id: endpointId, message: 'If you can read this, it works.' };
      const event = { source: TEST_SOURCE, sourceEventId: messageId, type, occurredAt: new Date(), data };
      await insertMessages(tx, tenantId, [{ ...event, id: messageId, body: bodyOf(messageId, event) }]);
      await insertDeliveries(tx, tenantId, [{ id: deliveryId, endpointId, messageId, type }]);
      return { accepted: true, deliveryId };
    });
  }
}

async function endpointStatus(
  tx: Transaction,
  tenantId: string,
  endpointId: string,
): Promise<EndpointStatus | undefined> {
  const [row] = await tx.query<{ status: EndpointStatus }>(
    'select status from webhook_endpoint where tenant_id = $1 and id = $2',
    [tenantId, endpointId],
  );
  return row?.status;
}

const refused = (code: DeliveryRefusal['code']): SendOutcome => ({ accepted: false, refusal: { code } });
