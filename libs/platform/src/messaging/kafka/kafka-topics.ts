import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { TopicMismatch } from '../messaging.js';
import { shapesOf, type TopicDeclaration, type TopicShape } from '../topic.js';

/** Nothing but topics that are not there: they may come. */
class TopicMissing extends TopicMismatch {}

/** Creates the missing ones, then compares. A race with another creator is fine: the comparison decides. */
export async function ensureTopics(kafka: Kafka, topics: readonly TopicDeclaration[]): Promise<void> {
  const deadline = Date.now() + KNOWN_WITHIN_MS;
  for (;;) {
    await createMissing(kafka, topics);
    try {
      return await checkTopics(kafka, topics);
    } catch (error) {
      if (!(error instanceof TopicMissing) || Date.now() > deadline) throw error;
      await sleep(LOOK_MS);
    }
  }
}

/**
 * A topic that somebody creates at the same moment takes a while until every broker tells of it. When
 * several create at once on a busy broker, one of them may be told that a topic is there which never comes:
 * so what is missing is created again each time.
 */
const KNOWN_WITHIN_MS = 60_000;
const LOOK_MS = 200;

async function createMissing(kafka: Kafka, topics: readonly TopicDeclaration[]): Promise<void> {
  await withAdmin(kafka, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = shapesOf(topics).filter(({ name }) => !existing.has(name));
    if (missing.length > 0)
      await admin.createTopics({ topics: missing.map(toCreation), waitForLeaders: true });
  });
}

/** @throws TopicMismatch naming every difference */
export async function checkTopics(kafka: Kafka, topics: readonly TopicDeclaration[]): Promise<void> {
  const shapes = shapesOf(topics);
  const found = await withAdmin(kafka, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const present = shapes.filter(({ name }) => existing.has(name)).map(({ name }) => name);
    const { topics: described } = await admin.fetchTopicMetadata({ topics: present });
    return new Map(described.map(({ name, partitions: list }) => [name, list.length]));
  });
  const problems = shapes.flatMap((shape) => problemOf(shape, found.get(shape.name)));
  if (problems.length === 0) return;
  const isMissing = shapes.every(({ name, partitions }) => [undefined, partitions].includes(found.get(name)));
  const Mismatch = isMissing ? TopicMissing : TopicMismatch;
  throw new Mismatch(problems.join('\n'));
}

function problemOf({ name, partitions }: TopicShape, found: number | undefined): string[] {
  if (found === undefined)
    return [`The topic ${name} does not exist, or our user may not see it (k8s/kafka has topics and users)`];
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
