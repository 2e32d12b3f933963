import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { TopicMismatch } from '../messaging.js';
import { shapesOf, type TopicDeclaration, type TopicShape } from '../topic.js';

/** Creates the missing ones, then compares. A race with another creator is fine: the comparison decides. */
export async function ensureTopics(kafka: Kafka, topics: readonly TopicDeclaration[]): Promise<void> {
  const shapes = shapesOf(topics);
  await withAdmin(kafka, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = shapes.filter(({ name }) => !existing.has(name));
    if (missing.length > 0)
      await admin.createTopics({ topics: missing.map(toCreation), waitForLeaders: true });
  });
  await untilKnown(() => checkTopics(kafka, topics));
}

const KNOWN_WITHIN_MS = 15_000;

/** A topic that somebody creates at the same moment takes a while until every broker tells of it. */
async function untilKnown(check: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + KNOWN_WITHIN_MS;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof TopicMismatch) || Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

/** @throws TopicMismatch naming every difference */
export async function checkTopics(kafka: Kafka, topics: readonly TopicDeclaration[]): Promise<void> {
  const shapes = shapesOf(topics);
  const problems = await withAdmin(kafka, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const present = shapes.filter(({ name }) => existing.has(name)).map(({ name }) => name);
    const { topics: described } = await admin.fetchTopicMetadata({ topics: present });
    const partitions = new Map(described.map(({ name, partitions: list }) => [name, list.length]));
    return shapes.flatMap((shape) => problemOf(shape, partitions.get(shape.name)));
  });
  if (problems.length > 0) throw new TopicMismatch(problems.join('\n'));
}

function problemOf({ name, partitions }: TopicShape, found: number | undefined): string[] {
  if (found === undefined)
    return [`The topic ${name} does not exist: run the migrate role with KAFKA_BROKERS`];
  if (found === partitions) return [];
  // Another number of partitions sends a key elsewhere than its earlier messages: its order would be lost.
  return [
    `The topic ${name} has ${found} partitions, declared are ${partitions}: ` +
      'copy it to a new version of the topic',
  ];
}

function toCreation({ name, partitions, retentionMs, compacted }: TopicShape) {
  return {
    topic: name,
    numPartitions: partitions,
    replicationFactor: -1, // the broker's default: 1 on one machine, 3 on a cluster
    configEntries: [
      { name: 'retention.ms', value: `${retentionMs}` },
      { name: 'cleanup.policy', value: compacted ? 'compact' : 'delete' },
    ],
  };
}

async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
