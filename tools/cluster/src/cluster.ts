import { join } from 'node:path';
import { CHECKOUT, end, isAlive, readPidFile, SetupError, writePidFile } from '@defter/embedded';
import { startControlPlane } from './control-plane/control-plane.js';
import { writeGenerated } from './generated.js';
import { enterNamespaces, runOutside } from './node/outside.js';
import { runInside } from './node/inside.js';
import { askedToStop } from './asked-to-stop.js';
import { lacksForNode } from './node/namespace.js';
import { playChart } from './story/chart-story.js';
import type { MainJob } from './story/main-job.js';

const FOLDER = join(process.env['DEFTER_DIR'] ?? join(CHECKOUT, '.defter'), 'cluster');
const PID_FILE = join(FOLDER, '../cluster.pid');

const USAGE = 'Usage: ./defter cluster up|test [--node]; down|generate; enter [command …]';

/**
 * `./defter cluster <what>`. Exit code: 0 done, 1 a check failed, 2 wrong use. `mainJob` is what is played on
 * the services of a cluster with nodes.
 */
export const runCluster = async (args: readonly string[], mainJob: MainJob): Promise<number> => {
  const [what, ...flags] = args;
  const node = flags.includes('--node');
  if (what === 'inside-node') return runInside(flags, mainJob);
  if (what === 'enter') return enterNamespaces(FOLDER, flags);
  if (flags.some((flag) => flag !== '--node')) return wrongUse();
  if (what === 'up') return up(node);
  if (what === 'test') return test(node);
  if (node) return wrongUse();
  if (what === 'down') return down();
  if (what !== 'generate') return wrongUse();
  writeGenerated();
  return 0;
};

function wrongUse(): number {
  console.error(USAGE);
  return 2;
}

/** A control plane, or with nodes the whole installation, until Ctrl-C or `./defter cluster down`. */
async function up(node: boolean): Promise<number> {
  const running = readPidFile(PID_FILE);
  if (running !== undefined && isAlive(running)) {
    throw new SetupError(`A cluster runs already (process ${running.pid})`, 'Stop it: ./defter cluster down');
  }
  writePidFile(PID_FILE, process.pid);
  if (node && canHaveNode()) return runOutside('up', FOLDER);
  const plane = await startControlPlane(FOLDER);
  console.log(`Ready. It has no nodes: pods stay pending.\n\n  export KUBECONFIG=${plane.kubeconfig}`);
  await askedToStop();
  await plane.stop();
  return 0;
}

/** Says what is missing, where something is. */
function canHaveNode(): boolean {
  const lacks = lacksForNode();
  if (lacks !== undefined) console.log(`${lacks} So there is a control plane only.`);
  return lacks === undefined;
}

async function down(): Promise<number> {
  const running = readPidFile(PID_FILE);
  const alive = running !== undefined && isAlive(running);
  if (alive) await end(running, 60_000);
  console.log(alive ? 'Stopped.' : 'No cluster was running.');
  return 0;
}

/** Its own control plane, installs the chart on it, and looks; then the same with real pods, if asked for. */
async function test(node: boolean): Promise<number> {
  const startedAt = Date.now();
  const plane = await startControlPlane(`${FOLDER}-test`);
  try {
    const failures = await playChart(plane);
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    console.log(
      failures === 0 ? `\nAll of it holds (${seconds} s).` : `\n${failures} checks failed (${seconds} s).`,
    );
    if (failures > 0) return 1;
  } finally {
    await plane.stop();
  }
  return node && canHaveNode() ? runOutside('test', `${FOLDER}-test`) : 0;
}
