import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { requireDiskSpace } from '../disk-space.js';
import { startKafka, type KafkaServer } from '../kafka.js';
import { startPostgres, type PostgresServer } from '../postgres.js';
import { Supervised, type ServerHandle, type Supervision } from '../supervised.js';
import { createDatabases } from './databases.js';
import { environmentOf, migratorEnvironment, type Surroundings } from './environment.js';
import { SERVICES, type ServiceName, type ServicePorts, type ServiceSpec } from './service-list.js';
import { launchService, migrateService } from './service-process.js';
import { StackSettings, type TenantAccess } from './settings-file.js';
import { serverPorts, servicePorts, type PortChoice } from './stack-ports.js';

/** Options of {@link startStack}. */
export interface StackOptions extends Supervision {
  /** Data, logs, pid files and settings; an earlier run's data is used again. */
  readonly dir: string;
  /** Processes per service; one where nothing is said. */
  readonly replicas?: Partial<Record<ServiceName, number>>;
  readonly ports?: PortChoice;
  /** Added to the environment of every service. */
  readonly env?: Readonly<Record<string, string>>;
  /** PostgreSQL settings on top of the usual ones. */
  readonly postgresSettings?: Readonly<Record<string, string>>;
  /** Hears a line per step. */
  readonly onProgress?: (line: string) => void;
}

/** One running replica of a service. */
export interface RunningService extends ServerHandle {
  readonly service: ServiceName;
  readonly replica: number;
  readonly url: string;
  readonly managementUrl: string;
  /** host:port of gRPC, where the service has it. */
  readonly grpcUrl: string | undefined;
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

interface Replica {
  readonly spec: ServiceSpec;
  readonly replica: number;
  readonly ports: ServicePorts;
}

/** Starts PostgreSQL, Kafka and all services as separate processes; returns when every one is ready. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const dir = resolve(options.dir);
  const say = options.onProgress ?? (() => undefined);
  mkdirSync(dir, { recursive: true });
  requireDiskSpace(dir, DISK_NEEDED_MB);
  const replicas = await plan(options);
  const started: ServerHandle[] = [];
  try {
    say('PostgreSQL and Kafka');
    const [postgres, kafka] = await startServers(dir, options);
    started.push(postgres, kafka);
    const settings = new StackSettings(dir);
    settings.prepare(SERVICES);
    const tenant = settings.addTenant(DEMO_TENANT);
    const around = surroundings(
      options,
      { dir, adminUrl: postgres.url, brokers: kafka.brokers, settings },
      replicas,
    );
    say('databases and topics');
    await createDatabases(postgres.url, SERVICES);
    await migrateAll(replicas, around);
    say('services');
    const services = replicas.map((replica) => serviceHandle(replica, around, options));
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

async function plan({ replicas = {}, ports = 'free' }: StackOptions): Promise<Replica[]> {
  const planned: Replica[] = [];
  for (const spec of SERVICES) {
    for (let replica = 0; replica < (replicas[spec.name] ?? 1); replica += 1) {
      planned.push({ spec, replica, ports: await servicePorts(spec, replica, ports) });
    }
  }
  return planned;
}

async function startServers(dir: string, options: StackOptions): Promise<[PostgresServer, KafkaServer]> {
  const { postgres, kafka } = serverPorts(options.ports ?? 'free');
  const settings = options.postgresSettings ?? {};
  const postgresStarts = startPostgres(
    { dir: join(dir, 'postgres'), port: postgres ?? 0, settings },
    options,
  );
  const kafkaStarts = startKafka({ dir: join(dir, 'kafka'), port: kafka ?? 0 }, options);
  const [first, second] = await Promise.allSettled([postgresStarts, kafkaStarts]);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value];
  await stopAll([first, second].flatMap((start) => (start.status === 'fulfilled' ? [start.value] : [])));
  throw first.status === 'rejected' ? first.reason : (second as PromiseRejectedResult).reason;
}

function surroundings(
  options: StackOptions,
  base: Omit<Surroundings, 'ports' | 'ingressUrls' | 'extra'>,
  replicas: readonly Replica[],
): Surroundings {
  const first = replicas.filter(({ replica }) => replica === 0);
  return {
    ...base,
    ports: new Map(first.map(({ spec, ports }) => [spec.name, ports])),
    ingressUrls: replicas
      .filter(({ spec }) => spec.name === 'webhook-ingress')
      .map(({ ports }) => urlOf(ports)),
    extra: options.env ?? {},
  };
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

function serviceHandle(
  { spec, replica, ports }: Replica,
  around: Surroundings,
  supervision: Supervision,
): RunningService {
  const label = replica === 0 ? spec.name : `${spec.name}-${replica}`;
  const run = { spec, roles: spec.roles, label, dir: around.dir, env: environmentOf(spec, ports, around) };
  return Object.assign(new Supervised(label, () => launchService(run, ports), supervision), {
    service: spec.name,
    replica,
    url: urlOf(ports),
    managementUrl: `http://127.0.0.1:${ports.management}`,
    grpcUrl: ports.grpc === undefined ? undefined : `127.0.0.1:${ports.grpc}`,
  });
}

const urlOf = ({ http }: ServicePorts): string => `http://127.0.0.1:${http}`;

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
