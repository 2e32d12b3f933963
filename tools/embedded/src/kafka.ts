import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { ChildServer } from './child-server.js';
import { IN_IMAGE, imageOf } from './container.js';
import { doorKeys, type DoorKeys } from './kafka-door.js';
import { installKafka, type KafkaInstallation } from './kafka-install.js';
import { brokerProperties, classPath, LOGGING } from './kafka-settings.js';
import { freePort, requireFreePort } from './ports.js';
import { Supervised, type ServerHandle, type Supervision } from './supervised.js';
import type { ServerCommand } from './server-command.js';

/** Options of {@link startKafka}. */
export interface KafkaOptions {
  /** The broker's folder: data, log, settings and pid file. Data of an earlier run is used again. */
  readonly dir: string;
  /** A fixed loopback port (the controller takes the next one); 0 or undefined takes free ones. */
  readonly port?: number;
  /** Where it listens and what it tells its clients; loopback unless others than this machine's call. */
  readonly host?: string;
  /** With a second listener that is encrypted and asks for users and rights; the first is administrators'. */
  readonly secured?: boolean | { readonly sessionMs: number };
}

/** A running broker. A new start keeps port and data. */
export interface KafkaServer extends ServerHandle {
  readonly brokers: string;
  readonly port: number;
  /** The second listener, where it was asked for. */
  readonly secured: SecuredListener | undefined;
}

/** How clients with a user reach the broker. */
export interface SecuredListener {
  readonly brokers: string;
  /** PEM: what the broker's certificate is checked against. */
  readonly caFile: string;
}

interface Ports {
  readonly port: number;
  readonly controllerPort: number;
  readonly securedPort: number;
}

const LOOPBACK = '127.0.0.1';
const START_TIMEOUT_MS = 60_000;
/** The heap, and as much again for classes, compiled code, threads and mapped files. */
const CONTAINER_MEMORY = '1g';
const PORT_LOST = /Address already in use|BindException/;
const FAST_START = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xms256m', '-Xmx512m'];

/** Starts a real Kafka broker on loopback and returns when it takes topics and groups. */
export async function startKafka(options: KafkaOptions, supervision?: Supervision): Promise<KafkaServer> {
  const dir = resolve(options.dir);
  const host = options.host ?? LOOPBACK;
  let ports = await fixedPorts(options.port);
  const installation = await installKafka(trainingRun);
  prepareData(dir, installation);
  const { secured: wanted = false } = options;
  const keys = wanted === false ? undefined : await doorKeys(dir, host, installation.java);
  const sessionMs = typeof wanted === 'object' ? wanted.sessionMs : undefined;
  const launchAgain = async (): Promise<ChildServer> => {
    const launched = await launch(dir, installation, { host, fixed: ports, keys, sessionMs });
    ports = launched.ports;
    return launched.server;
  };
  const supervised = new Supervised('kafka', launchAgain, supervision);
  await supervised.start();
  const { port = 0, securedPort = 0 } = ports ?? {};
  const secured = keys && { brokers: brokersOf(host, securedPort), caFile: keys.caFile };
  return Object.assign(supervised, { port, brokers: brokersOf(host, port), secured });
}

const freePorts = async (): Promise<Ports> => ({
  port: await freePort(),
  controllerPort: await freePort(),
  securedPort: await freePort(),
});

const brokersOf = (host: string, port: number): string => `${host}:${port}`;

async function fixedPorts(port: number | undefined): Promise<Ports | undefined> {
  if (port === undefined || port === 0) return undefined;
  await requireFreePort(port, 'Kafka');
  await requireFreePort(port + 1, "Kafka's controller");
  return { port, controllerPort: port + 1, securedPort: await freePort() };
}

/** Installs the broker, for whoever is cut off from the registries later, or packs it. */
export const prepareKafka = (): Promise<KafkaInstallation> => installKafka(trainingRun);

/** Copies the formatted storage; a half copy never counts. */
function prepareData(dir: string, { storage }: KafkaInstallation): void {
  const data = join(dir, 'data');
  if (existsSync(data)) return;
  mkdirSync(dir, { recursive: true });
  const fresh = mkdtempSync(join(dir, 'new-data-'));
  cpSync(storage, fresh, { recursive: true });
  renameSync(fresh, data);
}

interface Launch {
  readonly host?: string;
  readonly fixed?: Ports | undefined;
  readonly keys?: DoorKeys | undefined;
  readonly sessionMs?: number | undefined;
  readonly jvmFlags?: string[];
}

async function launch(
  dir: string,
  installation: KafkaInstallation,
  { host = LOOPBACK, fixed, keys, sessionMs, jvmFlags }: Launch,
): Promise<{ server: ChildServer; ports: Ports }> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  const flags = jvmFlags ?? archiveFlags(installation);
  for (;;) {
    const ports = fixed ?? (await freePorts());
    const door = keys && { ...keys, host, port: ports.securedPort, sessionMs };
    const properties = join(dir, 'server.properties');
    writeFileSync(properties, brokerProperties({ data: join(dir, 'data'), host, ...ports, door }));
    const server = await ChildServer.start({
      name: 'Kafka',
      ...javaOf(installation, flags, dir),
      logFile: join(dir, 'kafka.log'),
      pidFile: join(dir, 'kafka.pid'),
    });
    if (await answers(server, brokersOf(host, ports.port), deadline)) return { server, ports };
    const said = server.logTail();
    await server.stop();
    if (Date.now() > deadline || !PORT_LOST.test(said)) throw new Error(`Kafka did not start: ${said}`);
  }
}

/** Java with the broker's classes; an archive of them fits this machine's Java only, not a container's. */
function javaOf(
  { java, libs }: KafkaInstallation,
  flags: readonly string[],
  dir: string,
): Pick<ServerCommand, 'command' | 'args' | 'container' | 'orphanSignal'> {
  const main = ['kafka.Kafka', join(dir, 'server.properties')];
  const image = imageOf('kafka');
  if (image === undefined)
    return {
      command: java.command,
      args: [...FAST_START, ...flags, LOGGING, '-cp', classPath(libs), ...main],
    };
  const logging = `-Dlog4j2.configurationFile=${IN_IMAGE.kafkaLogging}`;
  return {
    command: join(IN_IMAGE.java, 'bin/java'),
    args: [...FAST_START, logging, '-cp', join(IN_IMAGE.kafkaLibs, '*'), ...main],
    container: { image, folders: [dir], memory: CONTAINER_MEMORY },
    orphanSignal: 'SIGTERM',
  };
}

const archiveFlags = ({ archive }: KafkaInstallation): string[] =>
  existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`, '-Xlog:cds=off', '-Xlog:class+path=off'] : [];

async function trainingRun(installation: KafkaInstallation, jvmFlags: string[]): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'defter-kafka-'));
  try {
    prepareData(dir, installation);
    const { server } = await launch(dir, installation, { jvmFlags: [...jvmFlags, '-Xlog:cds=off'] });
    await server.stop(60_000); // the archive is written at the end
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/**
 * Ready means that groups work too: the first look for a group's coordinator makes the broker create its
 * offsets topic, and a consumer that arrives before that crashes once.
 */
async function answers(server: ChildServer, brokers: string, deadline: number): Promise<boolean> {
  const kafka = new Kafka({
    clientId: 'defter-start',
    brokers: [brokers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  while (server.exit === undefined && Date.now() < deadline) {
    const admin = kafka.admin();
    try {
      await admin.connect();
      await admin.describeCluster(); // fills the client's list of brokers
      await admin.fetchOffsets({ groupId: 'defter-warm-up' });
      return true;
    } catch {
      await sleep(50);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
  return false;
}
