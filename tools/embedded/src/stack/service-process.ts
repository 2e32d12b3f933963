import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChildServer } from '../child-server.js';
import { PartFailed, SetupError } from '../setup-error.js';
import type { ServicePorts, ServiceSpec } from './service-list.js';

/** The checkout, from src/stack/ and from dist/stack/ alike. */
export const CHECKOUT = fileURLToPath(new URL('../../../../', import.meta.url));

/** A larger young generation: nearly all that a request makes is gone with its answer. */
const NODE_OPTIONS = [
  '--enable-source-maps',
  '--max-semi-space-size=32',
  // kafkajs 2.2.4 may ask for a timer in the past; Node 24 warns of it, and it means nothing.
  '--disable-warning=TimeoutNegativeWarning',
];

const READY_TIMEOUT_MS = 60_000;

/** One process of a service: what runs, where it writes, with which environment. */
export interface ServiceRun {
  readonly spec: ServiceSpec;
  readonly roles: string;
  /** Name of its log and pid file. */
  readonly label: string;
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  /** What is started in place of the service's own main, below its `dist/`. */
  readonly main?: string;
}

/** Starts a service and returns when its management port says ready. */
export async function launchService(run: ServiceRun, ports: ServicePorts): Promise<ChildServer> {
  const server = await startProcess(run);
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (server.exit === undefined && Date.now() < deadline) {
    if (await isReady(ports.management)) return server;
    await sleep(50);
  }
  await server.stop();
  throw new PartFailed(run.label, 'did not get ready', { logFile: logOf(run), logTail: server.logTail() });
}

/** Runs the migrations of a service; throws with the end of its log when they fail. */
export async function migrateService(run: ServiceRun): Promise<void> {
  const server = await startProcess(run);
  const exit = await server.untilExit();
  if (exit.code !== 0)
    throw new PartFailed(run.label, 'failed', { logFile: logOf(run), logTail: server.logTail() });
}

function startProcess(run: ServiceRun): Promise<ChildServer> {
  const main = join(CHECKOUT, 'apps', run.spec.name, 'dist', run.main ?? 'main.js');
  if (!existsSync(main)) {
    throw new SetupError(
      `${run.spec.name} is not built`,
      'Run ./defter, which builds it, or: npx nx run-many -t build',
    );
  }
  return ChildServer.start({
    name: run.label,
    command: process.execPath,
    args: [...NODE_OPTIONS, main, run.roles],
    cwd: run.dir,
    env: run.env,
    logFile: logOf(run),
    pidFile: join(run.dir, 'run', `${run.label}.pid`),
  });
}

const logOf = ({ dir, label }: ServiceRun): string => join(dir, 'logs', `${label}.log`);

async function isReady(managementPort: number): Promise<boolean> {
  try {
    const url = `http://127.0.0.1:${managementPort}/readyz`;
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
