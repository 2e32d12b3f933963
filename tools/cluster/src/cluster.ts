import { join } from 'node:path';
import { CHECKOUT, end, isAlive, readPidFile, SetupError, writePidFile } from '@defter/embedded';
import { startControlPlane } from './control-plane/control-plane.js';
import { writeGenerated } from './generated.js';
import { playChart } from './story/chart-story.js';

const FOLDER = join(process.env['DEFTER_DIR'] ?? join(CHECKOUT, '.defter'), 'cluster');
const PID_FILE = join(FOLDER, '../cluster.pid');

const USAGE = 'Usage: ./defter cluster up|test|down|generate';

/** `./defter cluster <what>`. Exit code: 0 done, 1 a check failed, 2 wrong use. */
export const run = async ([what]: readonly string[]): Promise<number> => {
  if (what === 'up') return up();
  if (what === 'test') return test();
  if (what === 'down') return down();
  if (what === 'generate') {
    writeGenerated();
    return 0;
  }
  console.error(USAGE);
  return 2;
};

/** A control plane until Ctrl-C or `./defter cluster down`. */
async function up(): Promise<number> {
  const running = readPidFile(PID_FILE);
  if (running !== undefined && isAlive(running)) {
    throw new SetupError(`A cluster runs already (process ${running.pid})`, 'Stop it: ./defter cluster down');
  }
  writePidFile(PID_FILE, process.pid);
  const plane = await startControlPlane(FOLDER);
  console.log(`Ready. It has no nodes: pods stay pending.\n\n  export KUBECONFIG=${plane.kubeconfig}`);
  await askedToStop();
  await plane.stop();
  return 0;
}

async function down(): Promise<number> {
  const running = readPidFile(PID_FILE);
  const alive = running !== undefined && isAlive(running);
  if (alive) await end(running, 60_000);
  console.log(alive ? 'Stopped.' : 'No cluster was running.');
  return 0;
}

/** Its own control plane, installs the chart on it, and looks. */
async function test(): Promise<number> {
  const startedAt = Date.now();
  const plane = await startControlPlane(`${FOLDER}-test`);
  try {
    const failures = await playChart(plane);
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    console.log(
      failures === 0 ? `\nAll of it holds (${seconds} s).` : `\n${failures} checks failed (${seconds} s).`,
    );
    return failures === 0 ? 0 : 1;
  } finally {
    await plane.stop();
  }
}

/** Resolves at the first request to stop; our children don't keep the event loop alive, so a timer does. */
function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    const awake = setInterval(() => undefined, 60_000);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        clearInterval(awake);
        resolve();
      });
    }
  });
}
