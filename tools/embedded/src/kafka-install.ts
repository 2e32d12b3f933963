// The broker's installation, once per machine, in a cache outside the checkout: jars, a formatted storage
// folder and an archive of loaded classes. Each part appears under its name only when it is whole; one
// process installs at a time.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache-folder.js';
import { withFileLock } from './file-lock.js';
import { findJava, requireMaven, type Java } from './java.js';
import { brokerProperties, classPath, LOGGING } from './kafka-settings.js';
import { SetupError } from './setup-error.js';

/** The broker's version: see environment.md for why not the newest. */
export const KAFKA_VERSION = '4.3.1';

const POM = fileURLToPath(new URL('../kafka/pom.xml', import.meta.url));
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
// One id for all embedded clusters: they never meet, and a fixed one makes the formatted folder reusable.
const CLUSTER_ID = 'ZGVmdGVyLWVtYmVkZGVkIQ';

/** An installed broker. */
export interface KafkaInstallation {
  readonly java: Java;
  readonly libs: string;
  /** A formatted storage folder to copy: formatting takes a second of JVM time. */
  readonly storage: string;
  /** Archive of loaded classes: a start in about one second instead of four. It may not exist. */
  readonly archive: string;
}

/**
 * Makes the archive of classes: starts a broker with these extra JVM flags until it is ready, then ends it.
 */
export type TrainingRun = (installation: KafkaInstallation, jvmFlags: string[]) => Promise<void>;

/** Installs what is missing and returns where everything is. Quiet when nothing is to be done. */
export async function installKafka(train: TrainingRun): Promise<KafkaInstallation> {
  const java = findJava();
  const home = join(cacheFolder(), `kafka-${KAFKA_VERSION}`);
  const installation: KafkaInstallation = {
    java,
    libs: join(home, 'libs'),
    storage: join(home, 'storage'),
    archive: join(home, `classes-${java.id}.jsa`),
  };
  if (isComplete(installation)) return installation;
  await withFileLock(join(home, 'install.lock'), async () => {
    if (!existsSync(installation.libs)) await download(home, installation.libs);
    if (!existsSync(installation.storage)) await format(home, installation);
    if (!existsSync(installation.archive)) await archiveClasses(installation, train);
  });
  return installation;
}

const isComplete = ({ libs, storage, archive }: KafkaInstallation): boolean =>
  [libs, storage, archive].every((path) => existsSync(path));

async function download(home: string, libs: string): Promise<void> {
  requireMaven();
  const fresh = mkdtempSync(join(home, 'new-libs-'));
  const progress = setInterval(() => {
    say(
      `downloading the Kafka ${KAFKA_VERSION} broker (once per machine): ${readdirSync(fresh).length} files`,
    );
  }, 2_000);
  try {
    // -C: a jar whose checksum is wrong fails the build instead of a warning.
    await run('mvn', [
      '-q',
      '-B',
      '-C',
      '-f',
      POM,
      COPY,
      '-DincludeScope=runtime',
      `-DoutputDirectory=${fresh}`,
    ]);
    renameSync(fresh, libs);
  } finally {
    clearInterval(progress);
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function format(home: string, { java, libs, storage }: KafkaInstallation): Promise<void> {
  const fresh = mkdtempSync(join(home, 'new-storage-'));
  try {
    const properties = join(fresh, 'server.properties');
    const data = join(fresh, 'data');
    mkdirSync(data);
    writeFileSync(properties, brokerProperties({ data, port: 1, controllerPort: 2 }));
    const tool = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties];
    await run(java.command, ['-cp', classPath(libs), LOGGING, ...tool]);
    renameSync(data, storage);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function archiveClasses(installation: KafkaInstallation, train: TrainingRun): Promise<void> {
  say('preparing the Kafka broker for fast starts (once per Java version)');
  const fresh = `${installation.archive}.new`;
  rmSync(fresh, { force: true });
  await train(installation, [`-XX:ArchiveClassesAtExit=${fresh}`]);
  if (existsSync(fresh)) renameSync(fresh, installation.archive);
  else say('this Java writes no class archive; the broker starts in four seconds instead of one');
}

function run(command: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', command, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString('utf8')).slice(-4_000);
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(failure(command, said));
    });
  });
}

function failure(command: string, said: string): Error {
  if (/No space left/.test(said))
    return new SetupError('No disk space left for the Kafka broker', 'Free about 200 MB');
  if (command !== 'mvn') return new Error(`${command} failed: ${said}`);
  const reason = said.split('\n').find((line) => line.includes('[ERROR]')) ?? said.trim();
  const remedy = 'Check that Maven reaches a repository (its settings.xml, a proxy), then start again';
  return new SetupError(`Maven could not fetch the Kafka broker: ${reason.trim()}`, remedy);
}

const say = (line: string): void => void process.stderr.write(`  ${line}\n`);
