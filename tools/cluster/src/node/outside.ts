// The half of a cluster with nodes that is on this machine as it is: it fetches and makes what is needed,
// opens the namespaces, waits, and tidies up.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  CHECKOUT,
  isAlive,
  prepareKafka,
  preparePrometheus,
  readPidFile,
  SetupError,
  writePidFile,
} from '@defter/embedded';
import { controlPlanePrograms } from '../control-plane/kubernetes-install.js';
import { helmTools } from '../tools/helm-install.js';
import { makeGroups, removeGroups } from './cgroups.js';
import { inNamespaces } from './namespace.js';
import { NODE_NAMES, type Brought } from './node-cluster.js';
import { makeNodeImages } from './node-images.js';
import { nodePrograms } from './node-packages.js';

/** What happens in the namespaces. */
export type Inside = 'test' | 'up';

const PID_FILE = 'namespaces.pid';

/** Runs a cluster with nodes to its end; gives the exit code of what happened there. */
export async function runOutside(what: Inside, dir: string): Promise<number> {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true, mode: 0o711 }); // PostgreSQL's user goes through it
  const programs = await nodePrograms();
  await Promise.all([controlPlanePrograms(), helmTools(), prepareKafka(), preparePrometheus()]);
  console.log('Making images …');
  const images = await makeNodeImages(join(dir, 'images'), programs);
  const group = await makeGroups(process.pid, NODE_NAMES);
  const brought = join(dir, 'brought.json');
  writeFileSync(brought, JSON.stringify({ dir, group, images } satisfies Brought));
  try {
    const main = join(CHECKOUT, 'tools/cli/dist/main.js');
    const node = ['--enable-source-maps', main, 'cluster', 'inside-node', what, brought];
    const child = inNamespaces(process.execPath, node);
    writePidFile(join(dir, PID_FILE), child.pid ?? 0);
    return await ended(child);
  } finally {
    await removeGroups(group);
    if (what === 'test' && process.env['DEFTER_KEEP'] === undefined)
      rmSync(dir, { recursive: true, force: true });
  }
}

/** Hands on that we are asked to stop; the namespaces end with their first process. */
async function ended(child: ChildProcess): Promise<number> {
  const stop = (): void => void child.stdin?.end();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}

/** Runs a command (else a shell) in the namespaces of a running cluster with nodes; gives its exit code. */
export async function enterNamespaces(dir: string, command: readonly string[]): Promise<number> {
  const opened = readPidFile(join(dir, PID_FILE));
  if (opened === undefined || !isAlive(opened))
    throw new SetupError('No cluster with nodes is running', 'Start it: ./defter cluster up --node');
  const first = readFileSync(`/proc/${opened.pid}/task/${opened.pid}/children`, 'utf8').trim();
  const { kubectl } = await helmTools();
  const env = { ...process.env, KUBECONFIG: join(dir, 'plane/kubeconfig') };
  const path = `${dirname(kubectl)}:${process.env['PATH'] ?? ''}`;
  const where = ['--net', '--mount', '--pid', '--ipc', '--target', first, '--wd=/', '--'];
  const what = command.length > 0 ? command : ['bash'];
  const child = spawn('nsenter', [...where, ...what], { stdio: 'inherit', env: { ...env, PATH: path } });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
