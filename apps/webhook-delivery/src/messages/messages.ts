import { Inject, Injectable } from '@nestjs/common';
import { type Clock, newId } from '@defter/kernel';
import { CLOCK, CONFIG, Database, Metrics, type Transaction } from '@defter/platform';
import { choosesType } from '@defter/webhooks-domain';
import type { Config } from '../config.js';
import {
  insertDeliveries,
  insertMessages,
  type MessageRow,
  type NewDelivery,
  type Subscription,
  subscriptionsOf,
} from '../message-row.js';
import { typed } from './object-row.js';
import { bodyOf, type PublicEvent } from '../public-event.js';

/**
 * Clocks of services differ a little; an endpoint rather gets an event of just before it was made than
 * none.
 */
const CLOCKS_DIFFER_MS = 5 * 60_000;

/**
 * Turns events into messages and messages into deliveries, in one transaction. A message is unique by its
 * source's event id, so the same event again changes nothing, whatever the endpoints are by then.
 */
@Injectable()
export class Messages {
  private readonly stored;

  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    metrics: Metrics,
  ) {
    this.stored = metrics.counter('defter_webhooks_messages_total', 'Messages that were stored', ['source']);
  }

  /**
   * Stores what the tenant's endpoints ask for. The status of an object is remembered whoever asks, and
   * however old it is: an endpoint that is made later must not be told an old status as a new one.
   */
  async store(tenantId: string, events: readonly PublicEvent[]): Promise<void> {
    const tracks = events.some(({ tracked }) => tracked !== undefined);
    if (!tracks && (await subscriptionsOf(this.database, tenantId)).length === 0) return;
    const oldest = this.clock.now().getTime() - this.config.keepMs;
    await this.database.transaction(async (tx) => {
      const subscriptions = await subscriptionsOf(tx, tenantId);
      const whole = await typed(tx, tenantId, events);
      // What retention has removed must not come back with a topic that is read again.
      const recent = whole.filter(({ occurredAt }) => occurredAt.getTime() > oldest);
      await this.storeFor(tx, tenantId, subscriptions, recent);
    });
  }

  /** One event with a complete type, in the transaction of what caused it. */
  async storeOne(tx: Transaction, tenantId: string, event: PublicEvent): Promise<void> {
    await this.storeFor(tx, tenantId, await subscriptionsOf(tx, tenantId), [event]);
  }

  private async storeFor(
    tx: Transaction,
    tenantId: string,
    subscriptions: readonly Subscription[],
    events: readonly PublicEvent[],
  ): Promise<void> {
    const wanted = events.filter(({ type }) =>
      subscriptions.some((one) => choosesType(one.eventTypes, type)),
    );
    if (wanted.length === 0) return;
    const rows = wanted.map((event) => toRow(event));
    const fresh = await insertMessages(tx, tenantId, rows);
    const news = rows.filter(({ id }) => fresh.has(id));
    for (const { source } of news) this.stored.inc({ source });
    const deliveries = news.flatMap((row) => deliveriesOf(row, subscriptions));
    if (deliveries.length > 0) await insertDeliveries(tx, tenantId, deliveries);
  }
}

const toRow = (event: PublicEvent): MessageRow => {
  const id = newId('msg');
  const { source, sourceEventId, type, occurredAt } = event;
  return { id, source, sourceEventId, type, occurredAt, body: bodyOf(id, event) };
};

/** A disabled endpoint gets none; when it is enabled, what it missed can be replayed. */
const deliveriesOf = (message: MessageRow, subscriptions: readonly Subscription[]): NewDelivery[] =>
  subscriptions
    .filter(({ status, createdAt, eventTypes }) => {
      const since = createdAt.getTime() - CLOCKS_DIFFER_MS;
      const asks = status === 'enabled' && choosesType(eventTypes, message.type);
      return asks && message.occurredAt.getTime() >= since;
    })
    .map(({ id: endpointId }) => ({
      id: newId('dlv'),
      endpointId,
      messageId: message.id,
      type: message.type,
    }));
