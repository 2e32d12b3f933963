import { setImmediate as nextTick, setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../http/problem.js';
import {
  Messaging,
  RECORD_LIMIT_BYTES,
  RecordTooLarge,
  sizeOf,
  TopicMismatch,
  type IncomingRecord,
  type OutgoingRecord,
  type SubscribeOptions,
  type Subscription,
} from './messaging.js';
import { shapesOf, type TopicDeclaration } from './topic.js';

/** One partition: its records, and the next offset of each group. */
interface Partition {
  readonly topic: string;
  readonly number: number;
  readonly records: IncomingRecord[];
  readonly committed: Map<string, number>;
  /** Groups that have a delivery of it in hand. */
  readonly taken: Set<string>;
}

const BATCH = 100;
const IDLE_MS = 2;

/**
 * Messaging within one process, for unit tests: the same contract as the real one, nothing outlives the
 * process.
 */
export class InMemoryMessaging extends Messaging {
  private readonly topics = new Map<string, Partition[]>();
  private closed = false;

  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    await nextTick();
    if (this.closed) throw new Fault('messaging-closed', 'Messaging is closing');
    for (const record of records) {
      const bytes = sizeOf(record);
      if (bytes > RECORD_LIMIT_BYTES) throw new RecordTooLarge(record, bytes);
    }
    for (const record of records) this.append(record);
  }

  ensureTopics(topics: readonly TopicDeclaration[]): Promise<void> {
    for (const { name, partitions } of shapesOf(topics)) {
      if (!this.topics.has(name))
        this.topics.set(
          name,
          Array.from({ length: partitions }, (_, number) => newPartition(name, number)),
        );
    }
    return this.checkTopics(topics);
  }

  checkTopics(topics: readonly TopicDeclaration[]): Promise<void> {
    const wrong = shapesOf(topics).find(
      ({ name, partitions }) => this.topics.get(name)?.length !== partitions,
    );
    return wrong === undefined
      ? Promise.resolve()
      : Promise.reject(
          new TopicMismatch(`The topic ${wrong.name} does not exist with ${wrong.partitions} partitions`),
        );
  }

  subscribe(options: SubscribeOptions): Promise<Subscription> {
    const state = { active: true, dead: false };
    const running = Promise.all(
      options.topics
        .flatMap((topic) => this.topics.get(topic) ?? [])
        .map((partition) => this.consume(partition, options, state)),
    );
    return Promise.resolve({
      alive: () => !state.dead,
      ready: () => state.active && !state.dead,
      stop: async () => {
        state.active = false;
        await running;
      },
    });
  }

  healthy(): boolean {
    return true;
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  private append({ topic, key, value, headers }: OutgoingRecord): void {
    const partitions = this.topics.get(topic) ?? [];
    const partition = partitions[hashOf(key) % partitions.length];
    if (partition === undefined) throw new TopicMismatch(`The topic ${topic} does not exist`);
    const offset = BigInt(partition.records.length);
    const bytes = Buffer.from(value);
    const place = { topic, partition: partition.number, offset, timestamp: new Date() };
    partition.records.push({ ...place, key, value: bytes, headers: { ...headers } });
  }

  private async consume(
    partition: Partition,
    options: SubscribeOptions,
    state: { active: boolean; dead: boolean },
  ): Promise<void> {
    const { group } = options;
    while (state.active && !state.dead) {
      const from = partition.committed.get(group) ?? 0;
      if (from === partition.records.length || partition.taken.has(group)) {
        await sleep(IDLE_MS);
        continue;
      }
      partition.taken.add(group);
      try {
        await deliver(partition, options, () => state.active && !state.dead);
      } catch (error) {
        state.dead = true;
        options.onDeath(error);
      } finally {
        partition.taken.delete(group);
      }
    }
  }
}

async function deliver(
  partition: Partition,
  { group, deliver }: SubscribeOptions,
  active: () => boolean,
): Promise<void> {
  const from = partition.committed.get(group) ?? 0;
  const records = partition.records.slice(from, from + BATCH);
  await deliver({
    topic: partition.topic,
    partition: partition.number,
    records,
    lag: partition.records.length - from - records.length,
    active,
    keepAlive: () => Promise.resolve(),
    done: (record) => {
      partition.committed.set(group, records.indexOf(record) + from + 1);
      return Promise.resolve();
    },
  });
  await nextTick();
}

function newPartition(topic: string, number: number): Partition {
  return { topic, number, records: [], committed: new Map(), taken: new Set() };
}

function hashOf(key: string): number {
  let hash = 0;
  for (const unit of Buffer.from(key)) hash = (hash * 31 + unit) % 2_147_483_647;
  return hash;
}
