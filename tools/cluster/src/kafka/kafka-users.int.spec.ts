// The users of k8s/kafka on a real broker that asks for rights. What each may do is compared with the table
// of docs/reference/topics.md, which people write: not with the declarations that the users are made from.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CHECKOUT, grantKafkaRights, type KafkaServer, setKafkaPassword, startKafka } from '@defter/embedded';
import { shapesOf } from '@defter/platform';
import kafkajs from 'kafkajs';
import { kafkaUsers, userOf } from './user-manifests.js';
import { allTopics } from './topic-registry.js';

interface Row {
  readonly topic: string;
  readonly from: string;
  readonly to: readonly string[];
}

/** `| … | ledger → payments, reconciliation | …`; whoever asked and nobody yet are no services. */
function documentedTopics(): Row[] {
  const text = readFileSync(join(CHECKOUT, 'docs/reference/topics.md'), 'utf8');
  return text.split('\n').flatMap((line) => {
    const [, topic, , , , way = ''] = line.split('|').map((cell) => cell.trim());
    const [from = '', to = ''] = way.split(' → ');
    if (topic === undefined || !topic.startsWith('`defter.')) return [];
    const readers = to.split(', ').filter((name) => /^[a-z-]+$/.test(name));
    return [{ topic: topic.replaceAll('`', ''), from, to: readers }];
  });
}

const rows = documentedTopics();
const services = [...new Set(rows.flatMap(({ from, to }) => [from, ...to]))].sort();
const everyTopic = shapesOf(allTopics()).map(({ name }) => name);

const dir = mkdtempSync(join(tmpdir(), 'defter-kafka-users-'));
const passwords = new Map(
  kafkaUsers().map(({ metadata }) => [metadata.name, randomBytes(8).toString('hex')]),
);
let kafka: KafkaServer;

beforeAll(async () => {
  kafka = await startKafka({ dir, secured: true });
  const admin = new kafkajs.Kafka({ brokers: [kafka.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: everyTopic.map((topic) => ({ topic, numPartitions: 1 })) });
  await admin.disconnect();
  for (const [user, password] of passwords) await setKafkaPassword(kafka.brokers, user, password);
  await grantKafkaRights(kafka.brokers, kafkaUsers());
}, 300_000);
afterAll(async () => {
  await kafka?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const clientOf = (user: string): kafkajs.Kafka =>
  new kafkajs.Kafka({
    brokers: [kafka.secured?.brokers ?? ''],
    ssl: { ca: readFileSync(kafka.secured?.caFile ?? '') },
    sasl: { mechanism: 'scram-sha-512', username: user, password: passwords.get(user) ?? '' },
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 2, initialRetryTime: 50 },
  });

const isRefusal = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const { type } = error as { type?: string };
  return /^(TOPIC|GROUP|CLUSTER)_AUTHORIZATION_FAILED$/.test(type ?? '') || isRefusal(error.cause);
};

/** The topics that a user's producer gets a record into; anything but a refusal is an error. */
async function writable(user: string): Promise<string[]> {
  const producer = clientOf(user).producer({ allowAutoTopicCreation: false, retry: { retries: 0 } });
  await producer.connect();
  const found: string[] = [];
  for (const topic of everyTopic) {
    try {
      await producer.send({ topic, acks: -1, messages: [{ value: 'x' }] });
      found.push(topic);
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
  }
  await producer.disconnect();
  return found.sort();
}

/** Whether a member of the group is given what is on the topic. */
function reads(client: kafkajs.Kafka, groupId: string, topic: string): Promise<boolean> {
  const consumer = client.consumer({
    ...{ groupId, sessionTimeout: 6_000, maxWaitTimeInMs: 20, allowAutoTopicCreation: false },
    retry: { retries: 0, restartOnFailure: () => Promise.resolve(false) },
  });
  const outcome = new Promise<boolean>((resolve, reject) => {
    consumer.on(consumer.events.FETCH, () => resolve(true));
    consumer.on(consumer.events.CRASH, ({ payload: { error } }) => {
      const isNoGroup = error instanceof kafkajs.KafkaJSGroupCoordinatorNotFound;
      if (isRefusal(error) || isNoGroup) resolve(false);
      else reject(error);
    });
    const start = async (): Promise<void> => {
      await consumer.connect();
      await consumer.subscribe({ topic, fromBeginning: true });
      await consumer.run({ eachMessage: () => Promise.resolve() });
    };
    start().catch((error: unknown) => (isRefusal(error) ? resolve(false) : reject(error as Error)));
  });
  return outcome.finally(() => consumer.disconnect());
}

async function readable(user: string, groupOf: (topic: string) => string): Promise<string[]> {
  const client = clientOf(user);
  const found: string[] = [];
  for (const topic of everyTopic) if (await reads(client, groupOf(topic), topic)) found.push(topic);
  return found.sort();
}

const dead = (topic: string): string => `${topic}.dead`;

it('has the services in its table that have users, and a topic in each row', () => {
  expect(rows.map(({ topic }) => topic).sort()).toEqual(
    allTopics()
      .map(({ name }) => name)
      .sort(),
  );
  expect(kafkaUsers().map(({ metadata }) => metadata.name)).toEqual([
    ...services.map(userOf),
    userOf('keda'),
  ]);
});

describe.each(services)('the user of %s', (service) => {
  const consumed = rows.filter(({ to }) => to.includes(service)).map(({ topic }) => topic);
  const produced = rows.filter(({ from }) => from === service).map(({ topic }) => topic);

  it('writes to what its service produces and dead letters of what it consumes, nowhere else', async () => {
    expect(await writable(userOf(service))).toEqual([...produced, ...consumed.map(dead)].sort());
  });

  it('reads what its service consumes, in groups of its own, and nothing else', async () => {
    // The ingress keeps the dead letters of its own topics for people, in a group of that name.
    const kept = service === 'webhook-ingress' ? produced.map(dead) : [];
    const group = (topic: string): string =>
      kept.includes(topic) ? `${service}-dead-letters` : `${service}:${topic}`;
    expect(await readable(userOf(service), group)).toEqual([...consumed, ...kept].sort());
  }, 120_000);

  it("takes part in no other service's group", async () => {
    const client = clientOf(userOf(service));
    const [topic = produced[0] ?? ''] = consumed;
    for (const other of services.filter((each) => each !== service)) {
      expect({ other, reads: await reads(client, `${other}:${topic}`, topic) }).toEqual({
        other,
        reads: false,
      });
    }
  }, 60_000);
});

describe('the user of the scaler', () => {
  const scaler = userOf('keda');

  it('sees how far each group is, and how much there is', async () => {
    const admin = clientOf(scaler).admin();
    await admin.connect();
    for (const { topic, to } of rows.filter((row) => row.to.length > 0)) {
      const [end] = await admin.fetchTopicOffsets(topic);
      expect(end?.partition).toBe(0);
      for (const service of to) {
        const [offsets] = await admin.fetchOffsets({ groupId: `${service}:${topic}`, topics: [topic] });
        expect(offsets?.topic).toBe(topic);
      }
    }
    await admin.disconnect();
  });

  it('writes nothing, reads nothing, and is in no group', async () => {
    expect(await writable(scaler)).toEqual([]);
    const topic = 'defter.ledger.events.v1';
    expect(await reads(clientOf(scaler), `payments:${topic}`, topic)).toBe(false);
  }, 60_000);
});
