import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, revokeKafkaRights } from '@defter/testing';
import { declare, message } from '../../testing/messaging-stand.js';
import { may, overheard, SecuredStand, type TestUser } from '../../testing/secured-stand.js';
import type { IncomingRecord, Messaging, Subscription } from '../messaging.js';
import { deadTopicOf } from '../topic.js';

const [orders, bills, secrets] = ['orders', 'bills', 'secrets'].map((name) => declare({ name })) as [
  ReturnType<typeof declare>,
  ReturnType<typeof declare>,
  ReturnType<typeof declare>,
];

let stand: SecuredStand;
let shop: TestUser;
const ears = overheard();
const open: Messaging[] = [];
const subscriptions: Subscription[] = [];

/** What a service that reads orders and writes bills may do. */
const rights = [
  ...[may.read(orders.name), may.write(deadTopicOf(orders.name))],
  ...[may.write(bills.name), may.see(deadTopicOf(bills.name))],
  may.groups('shop:'),
];

beforeAll(async () => {
  stand = await SecuredStand.start();
  await stand.admin.ensureTopics([orders, bills, secrets]);
  shop = await stand.user('shop', rights);
});
afterEach(async () => {
  await Promise.all(subscriptions.splice(0).map((subscription) => subscription.stop()));
  await Promise.all(open.splice(0).map((messaging) => messaging.close()));
});
afterAll(() => stand?.stop());

const asShop = (): Messaging => {
  const messaging = stand.messaging(shop, ears.logger);
  open.push(messaging);
  return messaging;
};

interface Heard {
  readonly subscription: Subscription;
  readonly records: IncomingRecord[];
  readonly deaths: unknown[];
}

async function listen(messaging: Messaging, topic: string, group: string): Promise<Heard> {
  const heard = { records: [] as IncomingRecord[], deaths: [] as unknown[] };
  const subscription = await messaging.subscribe({
    group,
    topics: [topic],
    deliver: async ({ records, done }) => {
      for (const record of records) {
        heard.records.push(record);
        await done(record);
      }
    },
    onDeath: (error) => void heard.deaths.push(error),
  });
  subscriptions.push(subscription);
  return { subscription, ...heard };
}

const numbers = ({ records }: Heard): unknown[] =>
  records.map(({ value }) => (JSON.parse(value.toString()) as { n: number }).n);

describe('a user with the rights of its service', () => {
  it('finds its topics, publishes, buries, and consumes with its group from where that was', async () => {
    const messaging = asShop();
    await messaging.ensureTopics([orders, bills]);
    await messaging.publish([message(bills, { n: 1 })]);
    await messaging.publish([{ ...message(orders, { n: 0 }), topic: deadTopicOf(orders.name) }]);
    await stand.admin.publish([message(orders, { n: 1 }), message(orders, { n: 2 })]);
    const first = await listen(messaging, orders.name, 'shop:orders');
    await eventually(() => expect(numbers(first)).toEqual([1, 2]));
    await first.subscription.stop();

    await stand.admin.publish([message(orders, { n: 3 })]);
    const second = await listen(messaging, orders.name, 'shop:orders');
    await eventually(() => expect(numbers(second)).toEqual([3]));
    expect({ ready: second.subscription.ready(), healthy: messaging.healthy() }).toEqual({
      ready: true,
      healthy: true,
    });
  });

  it("does not write to another service's topic; what it wanted to say waits until it may", async () => {
    const messaging = asShop();
    const published = messaging.publish([message(secrets, { n: 7 })]);
    await eventually(() => expect(messaging.healthy()).toBe(false));
    await eventually(() =>
      expect(ears.said()).toContain("Kafka doesn't allow the user shop this (k8s/kafka/users.yaml"),
    );
    const arrived = await listen(stand.admin, secrets.name, 'admin-secrets');
    await eventually(() => expect(arrived.subscription.ready()).toBe(true));
    expect(arrived.records).toEqual([]);

    await stand.grant('shop', [may.write(secrets.name)]);
    await published;
    expect(messaging.healthy()).toBe(true);
    await eventually(() => expect(numbers(arrived)).toEqual([7]));
    await revokeKafkaRights(stand.kafka.brokers, 'shop');
    await stand.grant('shop', rights);
  });

  it('does not read a topic that it has no business with, nor even see that it is there', async () => {
    const messaging = asShop();
    const heard = await listen(messaging, secrets.name, 'shop:secrets');
    await eventually(() => expect(ears.said()).toContain('The consumer can not start yet. Kafka'));
    await expect(messaging.checkTopics([secrets])).rejects.toThrow(
      'The topic secrets does not exist, or our user may not see it',
    );
    expect({ records: heard.records, ready: heard.subscription.ready(), deaths: heard.deaths }).toEqual({
      records: [],
      ready: false,
      deaths: [],
    });
  });

  it('does not read what it may only write', async () => {
    const heard = await listen(asShop(), bills.name, 'shop:bills');
    await eventually(() => expect(ears.said()).toContain('The consumer was refused; trying again'));
    expect({ records: heard.records, ready: heard.subscription.ready(), deaths: heard.deaths }).toEqual({
      records: [],
      ready: false,
      deaths: [],
    });
  });

  it("does not take part in another service's group, and is no member of it until it may", async () => {
    const heard = await listen(asShop(), orders.name, 'bank:orders');
    await eventually(() => expect(ears.said()).toContain('it may not use it, or too'));
    expect({ records: heard.records, ready: heard.subscription.ready(), deaths: heard.deaths }).toEqual({
      records: [],
      ready: false,
      deaths: [],
    });
    await stand.grant('shop', [may.groups('bank:')]);
    await eventually(() => expect(numbers(heard)).toEqual([1, 2, 3]));
    await eventually(() => expect(heard.subscription.ready()).toBe(true));
    await revokeKafkaRights(stand.kafka.brokers, 'shop');
    await stand.grant('shop', rights);
  });

  it('creates no topic; it waits for one that somebody else makes', async () => {
    const later = declare({ name: 'later' });
    await stand.grant('shop', [may.read('later'), may.see(deadTopicOf('later'))]);
    const found = asShop().ensureTopics([later]);
    await eventually(() => expect(ears.said()).toContain('Waiting for the broker. Kafka doesn'));
    await stand.admin.ensureTopics([later]);
    await found;
  });

  it('loses a right while it runs: unready then, but alive, and goes on once it has it again', async () => {
    const messaging = asShop();
    const heard = await listen(messaging, orders.name, 'shop:again');
    await eventually(() => expect(heard.subscription.ready()).toBe(true));
    await eventually(() => expect(numbers(heard)).toEqual([1, 2, 3]));
    await revokeKafkaRights(stand.kafka.brokers, 'shop');
    await eventually(() => expect(heard.subscription.ready()).toBe(false));
    await stand.admin.publish([message(orders, { n: 4 })]);
    await stand.grant('shop', rights);
    await eventually(() => expect(new Set(numbers(heard))).toEqual(new Set([1, 2, 3, 4])));
    await eventually(() => expect(heard.subscription.ready()).toBe(true));
    expect(heard.deaths).toEqual([]);
  });
});
