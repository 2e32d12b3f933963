import { Injectable } from '@nestjs/common';
import {
  Database,
  deadTopicOf,
  type Delivery,
  Lifecycle,
  Messaging,
  Metrics,
  type Subscription,
} from '@defter/platform';
import { WebhookTopics } from '@defter/webhooks-contracts';
import { insertDeadLetters, toDeadLetter } from './dead-letter-row.js';

const group = 'webhook-ingress-dead-letters';
const name = 'keeper of dead letters';

/**
 * Keeps what other services' consumers sent away from our topics: the broker forgets it after 90 days, and
 * people need it as a list. Reads records as they are, because whatever is wrong with them is why they are
 * here.
 */
@Injectable()
export class KeepDeadLetters {
  private subscription: Subscription | undefined;
  private readonly counter;

  constructor(
    private readonly database: Database,
    private readonly messaging: Messaging,
    private readonly lifecycle: Lifecycle,
    metrics: Metrics,
  ) {
    this.counter = metrics.counter('defter_webhooks_dead_letters_total', 'Dead letters that were kept', [
      'topic',
      'consumer',
    ]);
    lifecycle.register({
      name,
      start: () => this.start(),
      stop: async () => this.subscription?.stop(),
      alive: () => this.subscription?.alive() ?? true,
    });
  }

  private async start(): Promise<void> {
    this.subscription = await this.messaging.subscribe({
      group,
      topics: Object.values(WebhookTopics).map((topic) => deadTopicOf(topic.name)),
      deliver: (delivery) => this.keep(delivery),
      onDeath: (error) => this.lifecycle.died(name, error),
    });
  }

  private async keep({ records, done, active }: Delivery): Promise<void> {
    for (const record of records) {
      if (!active()) return;
      const letter = toDeadLetter(record);
      await insertDeadLetters(this.database, letter.tenantId, [letter]);
      this.counter.inc({ topic: letter.topic, consumer: letter.consumer });
      await done(record);
    }
  }
}
