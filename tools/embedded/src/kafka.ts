import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { ChildServer } from './child-server.js';
import { installKafka, type KafkaInstallation } from './kafka-install.js';
import { brokerProperties, classPath, LOGGING } from './kafka-settings.js';
import { freePort, requireFreePort } from './ports.js';
import { Supervised, type ServerHandle, type Supervision } from './supervised.js';

/** Options of {@link startKafka}. */
export interface KafkaOptions {
  /** The broker's folder: data, log, settings and pid file. Data of an earlier run is used again. */
  readonly dir: string;
  /** A fixed loopback port (the controller takes the next one); 0 or undefined takes free ones. */
  readonly port?: number;
}

/** A running broker. A new start keeps port and data. */
export interface KafkaServer extends ServerHandle {
  readonly brokers: string;
  readonly port: number;
}

interface Ports {
  readonly port: number;
  readonly controllerPort: number;
}

const START_TIMEOUT_MS = 60_000;
const PORT_LOST = /Address already in use|BindException/;
const FAST_START = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xms256m', '-Xmx512m'];

/** Starts a real Kafka broker on loopback and returns when it takes topics and groups. */
export async function startKafka(options: KafkaOptions, supervision?: Supervision): Promise<KafkaServer> {
  const dir = resolve(options.dir);
  let ports = await fixedPorts(options.port);
  const installation = await installKafka(trainingRun);
  prepareData(dir, installation);
  const launchAgain = async (): Promise<ChildServer> => {
    const launched = await launch(dir, installation, { fixed: ports });
    ports = launched.ports;
    return launched.server;
  };
  const supervised = new Supervised('kafka', launchAgain, supervision);
  await supervised.start();
  const port = ports?.port ?? 0;
  return Object.assign(supervised, { port, brokers: brokersOf(port) });
}

const brokersOf = (port: number): string => `127.0.0.1:${port}`;

async function fixedPorts(port: number | undefined): Promise<Ports | undefined> {
  if (port === undefined || port === 0) return undefined;
  await requireFreePort(port, 'Kafka');
  await requireFreePort(port + 1, "Kafka's controller");
  return { port, controllerPort: port + 1 };
}

/** Copies the formatted storage; a half copy never counts. */
function prepareData(dir: string, { storage }: KafkaInstallation): void {
  const data = join(dir, 'data');
  if (existsSync(data)) return;
  mkdirSync(dir, { recursive: true });
  const fresh = mkdtempSync(join(dir, 'new-data-'));
  cpSync(storage, fresh, { recursive: true });
  renameSync(fresh, data);
}

async function launch(
  dir: string,
  installation: KafkaInstallation,
  { fixed, jvmFlags }: { fixed?: Ports | undefined; jvmFlags?: string[] },
): Promise<{ server: ChildServer; ports: Ports }> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  const flags = jvmFlags ?? archiveFlags(installation);
  for (;;) {
    const ports = fixed ?? { port: await freePort(), controllerPort: await freePort() };
    const properties = join(dir, 'server.properties');
    writeFileSync(properties, brokerProperties({ data: join(dir, 'data'), ...ports }));
    const jvm = [...FAST_START, ...flags, LOGGING, '-cp', classPath(installation.libs)];
    const server = await ChildServer.start({
      name: 'Kafka',
      command: installation.java.command,
      args: [...jvm, 'kafka.Kafka', properties],
      logFile: join(dir, 'kafka.log'),
      pidFile: join(dir, 'kafka.pid'),
    });
    if (await answers(server, brokersOf(ports.port), deadline)) return { server, ports };
    const said = server.logTail();
    await server.stop();
    if (Date.now() > deadline || !PORT_LOST.test(said)) throw new Error(`Kafka did not start: ${said}`);
  }
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
