import { randomUUID } from 'node:crypto';
import { LedgerTopics } from '@defter/ledger-contracts';
import { WebhookTopics } from '@defter/webhooks-contracts';
import kafkajs from 'kafkajs';
import type { ChaosWorld } from './chaos-world.js';
import type { Finding } from './findings.js';

/** Whose outbox goes where. */
const ROADS = [
  { store: 'payments', topics: [LedgerTopics.commands.name, 'defter.payments.events.v1'] },
  { store: 'ledger', topics: [LedgerTopics.refusals.name] },
  { store: 'webhook_ingress', topics: [WebhookTopics.events.name] },
] as const;

/** Every committed message must be on Kafka, at least once. What isn't is lost. */
export const compareWithKafka = async (world: ChaosWorld): Promise<readonly Finding[]> => {
  const topics = ROADS.flatMap((road) => road.topics);
  const published = await idsOn(world.stack.kafka.brokers, topics);
  const findings: Finding[] = [];
  for (const { store, topics: names } of ROADS) {
    const sql = 'select message_id as id, topic, key from outbox where topic = any($1)';
    const rows = await world.rows<{ id: string; topic: string; key: string }>(store, sql, [names]);
    for (const { id, topic, key } of rows)
      if (!published.has(id))
        findings.push({ kind: 'lost', customer: key, what: `${id} never came to ${topic}` });
  }
  return findings;
};

/** The ids of all messages that are on the topics now. */
const idsOn = async (brokers: string, topics: readonly string[]): Promise<ReadonlySet<string>> => {
  const kafka = new kafkajs.Kafka({ brokers: [brokers], logLevel: kafkajs.logLevel.NOTHING });
  const left = await endsOf(kafka, topics);
  const ids = new Set<string>();
  const consumer = kafka.consumer({ groupId: `chaos-${randomUUID()}`, sessionTimeout: 6_000 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      if (left.size === 0) return resolve();
      const eachMessage = ({ topic, partition, message }: kafkajs.EachMessagePayload): Promise<void> => {
        ids.add(String(message.headers?.['ce_id']));
        const place = `${topic} ${partition}`;
        if (BigInt(message.offset) + 1n >= (left.get(place) ?? 0n)) left.delete(place);
        if (left.size === 0) resolve();
        return Promise.resolve();
      };
      consumer.run({ eachMessage, partitionsConsumedConcurrently: 4 }).catch(reject);
    });
    return ids;
  } finally {
    await consumer.disconnect();
  }
};

/** Where each partition that has messages ends. */
const endsOf = async (kafka: kafkajs.Kafka, topics: readonly string[]): Promise<Map<string, bigint>> => {
  const admin = kafka.admin();
  await admin.connect();
  const ends = new Map<string, bigint>();
  for (const topic of topics)
    for (const { partition, high } of await admin.fetchTopicOffsets(topic))
      if (BigInt(high) > 0n) ends.set(`${topic} ${partition}`, BigInt(high));
  await admin.disconnect();
  return ends;
};
