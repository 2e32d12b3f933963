import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { requireDiskSpace } from '../disk-space.js';
import { startKafka, type KafkaServer } from '../kafka.js';
import { startPostgres, type PostgresServer } from '../postgres.js';
import type { ServerHandle, Supervision } from '../supervised.js';
import { createDatabases } from './databases.js';
import { migratorEnvironment, type Surroundings } from './environment.js';
import { kafkaLogins } from './kafka-logins.js';
import { meetingPoints, planReplicas, replicaHandle, type Replica, type RunningService } from './replicas.js';
import { SERVICES, type ServiceName } from './service-list.js';
import { migrateService } from './service-process.js';
import { StackSettings, type TenantAccess } from './settings-file.js';
import { serverPorts, type PortChoice } from './stack-ports.js';

/** Options of {@link startStack}. */
export interface StackOptions extends Supervision {
  /** Data, logs, pid files and settings; an earlier run's data is used again. */
  readonly dir: string;
  /** Processes per service; one where nothing is said. */
  readonly replicas?: Partial<Record<ServiceName, number>>;
  /** The roles of each replica of a service, where they are not all in each process. */
  readonly roles?: Partial<Record<ServiceName, readonly string[]>>;
  readonly ports?: PortChoice;
  /** Added to the environment of every service. */
  readonly env?: Readonly<Record<string, string>>;
  /** PostgreSQL settings on top of the usual ones. */
  readonly postgresSettings?: Readonly<Record<string, string>>;
  /** Services log in to Kafka as the users of k8s/kafka/users.yaml, with their rights and no others. */
  readonly kafkaUsers?: boolean;
  /** Hears a line per step. */
  readonly onProgress?: (line: string) => void;
}

/** Everything that runs. */
export interface Stack {
  readonly dir: string;
  readonly postgres: PostgresServer;
  readonly kafka: KafkaServer;
  readonly services: readonly RunningService[];
  /** The demo tenant's tokens. */
  readonly tenant: TenantAccess;
  /** Throws when there is no such replica. */
  service(name: ServiceName, replica?: number): RunningService;
  /** Adds a tenant to the settings file in one step; services see it at their next look (500 ms). */
  addTenant(id: string): TenantAccess;
  /** Services first, then Kafka and PostgreSQL. */
  stop(): Promise<void>;
}

const DEMO_TENANT = 't_demo';
const DISK_NEEDED_MB = 500;

/** Starts PostgreSQL, Kafka and all services as separate processes; returns when every one is ready. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dir = resolve(options.dir);
  const say = options.onProgress ?? (() => undefined);
  mkdirSync(dir, { recursive: true });
  requireDiskSpace(dir, DISK_NEEDED_MB);
  const replicas = await planReplicas(options, options.ports ?? 'free');
  const started: ServerHandle[] = [];
  try {
    say('PostgreSQL and Kafka');
    const [postgres, kafka] = await startServers(dir, options);
    started.push(postgres, kafka);
    const settings = new StackSettings(dir);
    settings.prepare(SERVICES);
    const tenant = settings.addTenant(DEMO_TENANT);
    const around: Surroundings = {
      dir,
      adminUrl: postgres.url,
      brokers: kafka.brokers,
      kafkaLogins: await kafkaLogins(dir, kafka),
      settings,
      ...meetingPoints(replicas),
      extra: options.env ?? {},
    };
    say('databases and topics');
    await createDatabases(postgres.url, SERVICES);
    await migrateAll(replicas, around);
    say('services');
    const services = replicas.map((replica) => replicaHandle(replica, around, options));
    started.push(...services);
    await all(services.map((service) => service.start()));
    const stop = (): Promise<void> => stopAll(started);
    return {
      dir,
      postgres,
      kafka,
      services,
      tenant,
      service: finder(services),
      addTenant: (id) => settings.addTenant(id),
      stop,
    };
  } catch (error) {
    await stopAll(started);
    throw error;
  }
}

async function startServers(dir: string, options: StackOptions): Promise<[PostgresServer, KafkaServer]> {
  const { postgres, kafka } = serverPorts(options.ports ?? 'free');
  const settings = options.postgresSettings ?? {};
  const postgresStarts = startPostgres(
    { dir: join(dir, 'postgres'), port: postgres ?? 0, settings },
    options,
  );
  const secured = options.kafkaUsers ?? false;
  const kafkaStarts = startKafka({ dir: join(dir, 'kafka'), port: kafka ?? 0, secured }, options);
  const [first, second] = await Promise.allSettled([postgresStarts, kafkaStarts]);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value];
  await stopAll([first, second].flatMap((start) => (start.status === 'fulfilled' ? [start.value] : [])));
  throw first.status === 'rejected' ? first.reason : (second as PromiseRejectedResult).reason;
}

async function migrateAll(replicas: readonly Replica[], around: Surroundings): Promise<void> {
  const withDatabase = replicas.filter(({ spec, replica }) => spec.database !== undefined && replica === 0);
  await all(
    withDatabase.map(({ spec, ports }) => {
      const env = migratorEnvironment(spec, ports, around);
      return migrateService({ spec, roles: 'migrate', label: `${spec.name}-migrate`, dir: around.dir, env });
    }),
  );
}

const finder =
  (services: readonly RunningService[]) =>
  (name: ServiceName, replica = 0): RunningService => {
    const found = services.find((service) => service.service === name && service.replica === replica);
    if (found === undefined) throw new Error(`the stack has no replica ${replica} of ${name}`);
    return found;
  };

/** Services before the servers they need; a service that is already gone is fine. */
async function stopAll(handles: readonly ServerHandle[]): Promise<void> {
  const servers = handles.filter(({ name }) => name === 'postgres' || name === 'kafka');
  const services = handles.filter((handle) => !servers.includes(handle));
  await all(services.map((service) => service.stop()));
  await all(servers.map((server) => server.stop()));
}

/** Waits for every one, then throws the first failure: nothing is left running behind our back. */
async function all(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
