// PostgreSQL, Kafka and a Prometheus, outside of Kubernetes as in production, where pods reach them by the
// network.
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createDatabases,
  databaseUrl,
  SERVICES,
  startKafka,
  startPostgres,
  startPrometheus,
  type KafkaServer,
  type PostgresServer,
  type PrometheusServer,
} from '@defter/embedded';
import { shapesOf } from '@defter/platform';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { allTopics } from '../kafka/topic-registry.js';
import { HOST_ADDRESS, POD_NETWORK } from './machine.js';

/** The servers, and how services log in. */
export interface OutsideServers {
  readonly postgres: PostgresServer;
  readonly kafka: KafkaServer;
  /** It has seen two weeks in which the services ran and nobody asked them for anything. */
  readonly prometheus: PrometheusServer;
  /** With its password. */
  url(database: string, role: 'service' | 'migrator'): string;
  stop(): Promise<void>;
}

/** Starts all with the databases, roles and topics that an installation expects to find. */
export async function startOutsideServers(dir: string): Promise<OutsideServers> {
  mkdirSync(dir, { recursive: true });
  const access = join(dir, 'pg_hba.conf');
  const lines = ['host all all 127.0.0.1/32 trust', `host all all ${POD_NETWORK} scram-sha-256`];
  writeFileSync(access, `${lines.join('\n')}\n`);
  const settings = {
    listen_addresses: `127.0.0.1,${HOST_ADDRESS}`,
    hba_file: access,
    max_connections: '500',
  };
  const started = await Promise.all([
    startPostgres({ dir: join(dir, 'postgres'), settings }),
    startKafka({ dir: join(dir, 'kafka'), host: HOST_ADDRESS }),
    startPrometheus({ dir: join(dir, 'prometheus'), host: HOST_ADDRESS, history: quietWeeks(Date.now()) }),
  ]);
  const [postgres, kafka, prometheus] = started;
  await createDatabases(postgres.url, SERVICES);
  const passwords = await setPasswords(postgres.url);
  await createTopics(kafka.brokers);
  return {
    postgres,
    kafka,
    prometheus,
    url: (database, role) => {
      const url = new URL(databaseUrl(postgres.url, database, role));
      url.hostname = HOST_ADDRESS;
      url.password = passwords.get(url.username) ?? '';
      return url.href;
    },
    stop: async () => {
      for (const server of started) await server.stop();
    },
  };
}

const DAYS = 15;
const EVERY_S = 240;

/** OpenMetrics of services that ran for so many days. */
function quietWeeks(nowMs: number): string {
  const until = Math.floor(nowMs / 1_000);
  const from = until - DAYS * 86_400;
  const lines = SERVICES.flatMap(({ name }) =>
    Array.from(
      { length: (until - from) / EVERY_S },
      (_, n) => `process_start_time_seconds{service="${name}"} ${from} ${from + n * EVERY_S}`,
    ),
  );
  return ['# TYPE process_start_time_seconds gauge', ...lines, '# EOF', ''].join('\n');
}

async function setPasswords(adminUrl: string): Promise<Map<string, string>> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ rolname: string }>(
      String.raw`select rolname from pg_roles where rolname like 'defter\_%'`,
    );
    const passwords = new Map(rows.map(({ rolname }) => [rolname, randomBytes(16).toString('hex')]));
    for (const [role, password] of passwords)
      await client.query(`alter role ${client.escapeIdentifier(role)} password '${password}'`);
    return passwords;
  } finally {
    await client.end();
  }
}

/** As k8s/kafka/topics.yaml has them: migrations in a cluster make none. */
async function createTopics(brokers: string): Promise<void> {
  const admin = new Kafka({ clientId: 'defter-node', brokers: [brokers], logLevel: logLevel.ERROR }).admin();
  await admin.connect();
  try {
    const topics = shapesOf(allTopics()).map(({ name, partitions, retentionMs, compacted }) => ({
      topic: name,
      numPartitions: partitions,
      configEntries: [
        { name: 'retention.ms', value: `${retentionMs}` },
        { name: 'cleanup.policy', value: compacted ? 'compact' : 'delete' },
      ],
    }));
    await admin.createTopics({ topics, waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
}
