// Users and topics of k8s/kafka, on the stack's own broker: what Strimzi would make of the same files.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { parseAllDocuments } from 'yaml';
import { setKafkaPassword, setKafkaRights, type KafkaUser } from '../kafka-users.js';
import type { KafkaServer } from '../kafka.js';
import type { ServiceName } from './service-list.js';
import { CHECKOUT } from './service-process.js';

interface KafkaTopic {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly partitions: number; readonly config: Readonly<Record<string, unknown>> };
}

/** A service's variables with which it logs in; none where services come without a user. */
export type KafkaLogins = (service: ServiceName) => Readonly<Record<string, string>>;

/**
 * Makes the users with their rights, and the topics, which no service may make any more. A user keeps its
 * password from one start of the stack to the next.
 */
export async function kafkaLogins(dir: string, kafka: KafkaServer): Promise<KafkaLogins> {
  const { secured, brokers } = kafka;
  if (secured === undefined) return () => ({});
  const users = manifests<KafkaUser>('users.yaml');
  const files = new Map(users.map(({ metadata: { name } }) => [name, passwordFile(dir, name)]));
  for (const [name, file] of files) await setKafkaPassword(brokers, name, readFileSync(file, 'utf8'));
  await setKafkaRights(brokers, users);
  await createTopics(brokers, manifests<KafkaTopic>('topics.yaml'));
  return (service) => {
    const user = `defter-${service}`;
    const file = files.get(user);
    if (file === undefined) return {};
    return {
      KAFKA_BROKERS: secured.brokers,
      KAFKA_USER: user,
      KAFKA_PASSWORD_FILE: file,
      KAFKA_CA_FILE: secured.caFile,
    };
  };
}

function manifests<T>(file: string): T[] {
  const text = readFileSync(join(CHECKOUT, 'k8s/kafka', file), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as T);
}

function passwordFile(dir: string, user: string): string {
  const folder = join(dir, 'kafka-users');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, user);
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  return file;
}

async function createTopics(brokers: string, topics: readonly KafkaTopic[]): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [brokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const known = new Set(await admin.listTopics());
    const missing = topics.filter(({ metadata }) => !known.has(metadata.name));
    if (missing.length > 0)
      await admin.createTopics({ topics: missing.map(toCreation), waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}

/** One broker has one replica of each. */
const toCreation = ({ metadata, spec }: KafkaTopic): kafkajs.ITopicConfig => ({
  topic: metadata.name,
  numPartitions: spec.partitions,
  replicationFactor: 1,
  configEntries: ['retention.ms', 'cleanup.policy'].map((name) => ({
    name,
    value: String(spec.config[name]),
  })),
});
