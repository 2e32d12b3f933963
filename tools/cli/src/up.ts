import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  identify,
  lockFile,
  PartFailed,
  SetupError,
  startStack,
  type ServerHandle,
  type Stack,
} from '@defter/embedded';
import { LOCK_FILE, RUN_FOLDER, runningRecord, writeRecord, type StackStatus } from './run-folder.js';
import { printStatus } from './status.js';
import { upInBackground } from './up-in-background.js';

/**
 * `./defter up [--detach] [--kafka-users]`: starts everything and keeps it alive until Ctrl-C or
 * `./defter down`. With `--kafka-users` services log in to Kafka, as on a cluster.
 */
export async function up(args: readonly string[]): Promise<number> {
  const options = { detach: { type: 'boolean' }, 'kafka-users': { type: 'boolean' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  if (runningRecord() !== undefined) return alreadyRunning();
  const kafkaUsers = values['kafka-users'] === true;
  if (values.detach === true) return upInBackground(kafkaUsers ? ['--kafka-users'] : []);
  const lock = await lockFile(LOCK_FILE, { wait: false });
  if (lock === undefined) return alreadyRunning();
  await runUntilStopped(kafkaUsers);
  lock.release();
  return 0;
}

// Until it is ready, Ctrl-C simply ends us: the kernel then ends our children, and the next start cleans up.
async function runUntilStopped(kafkaUsers: boolean): Promise<void> {
  const supervisor = identify(process.pid);
  if (supervisor === undefined) throw new SetupError('/proc is not there', 'Defter runs on Linux');
  writeRecord({ supervisor });
  const startedAt = Date.now();
  const running: { stack?: Stack } = {};
  const record = (): void => {
    if (running.stack !== undefined) writeRecord({ supervisor, status: statusOf(running.stack) });
  };
  const onChange = (server: ServerHandle): void => {
    if (server.state === 'restarting') console.log(`  ${server.name} ended by itself; starting it again`);
    record();
  };
  const onProgress = (line: string): void => {
    console.log(`  ${line} …`);
  };
  const stack = await startStack({
    dir: RUN_FOLDER,
    ports: 'default',
    keepAlive: true,
    kafkaUsers,
    onChange,
    onProgress,
  }).catch((error: unknown) => {
    const why = error instanceof PartFailed ? `${error.part} ${error.what}` : firstLine(error);
    writeRecord({ supervisor, failed: why });
    throw error;
  });
  running.stack = stack;
  const stop = askedToStop();
  printStatus(statusOf(stack));
  console.log(`\nReady in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
  if (process.stdout.isTTY) console.log('Ctrl-C stops everything. In another terminal: ./defter demo');
  record();
  await stop;
  console.log('\nStopping …');
  await stack.stop();
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

function alreadyRunning(): number {
  const record = runningRecord();
  const who = record === undefined ? 'another ./defter up' : `process ${record.supervisor.pid}`;
  console.log(`Already running (${who}). See it: ./defter status   Stop it: ./defter down`);
  return 0;
}

function statusOf({ dir, postgres, kafka, services, tenant }: Stack): StackStatus {
  const first = services.filter(({ replica }) => replica === 0);
  const grpc = first.flatMap(({ name, grpcUrl }) =>
    grpcUrl === undefined ? [] : [[`${name}-grpc`, grpcUrl] as const],
  );
  return {
    services: [
      { name: postgres.name, state: postgres.state, pid: postgres.pid, url: postgres.url },
      { name: kafka.name, state: kafka.state, pid: kafka.pid, url: kafka.brokers },
      ...services.map(({ name, state, pid, url }) => ({ name, state, pid, url })),
    ],
    tenant,
    urls: {
      ...Object.fromEntries(first.map(({ name, url }) => [name, url])),
      ...Object.fromEntries(grpc),
      postgres: postgres.url,
      kafka: kafka.brokers,
      settingsFile: join(dir, 'settings.json'),
      watchedServices: services.map(({ name, managementUrl }) => `${name}=${managementUrl}`).join(),
    },
  };
}

/** Resolves at the first request to stop; a second one ends us at once. */
function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    // Our children don't keep the event loop alive, so something must.
    const awake = setInterval(() => undefined, 60_000);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        clearInterval(awake);
        resolve();
      });
    }
  });
}
