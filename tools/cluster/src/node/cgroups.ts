// The kubelets' control groups. Groups belong to the whole machine, whatever namespace their maker is in: so
// ours have a name of their own, and are removed from outside when everything in them has ended.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify } from '@defter/embedded';

const ROOT = '/sys/fs/cgroup';
const PREFIX = 'defter-node-';
const GONE_WITHIN_MS = 10_000;

/** Version 2 has one tree; version 1 a tree per controller, some of them links to another. */
function trees(): string[] {
  if (existsSync(join(ROOT, 'cgroup.controllers'))) return [ROOT];
  return readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(ROOT, name))
    .filter((tree) => existsSync(join(tree, 'cgroup.procs')));
}

/** Makes the group that everything of this process's nodes is in, and below it one of each node. */
export async function makeGroups(pid: number, nodes: readonly string[]): Promise<string> {
  await removeAbandoned();
  const name = `${PREFIX}${pid}`;
  for (const tree of trees()) {
    makeGroup(join(tree, name), tree);
    giveProcessor(join(tree, name));
    for (const node of nodes) makeGroup(join(tree, name, node), tree);
  }
  return name;
}

/** A group weighs as much as one process beside it, and ours has some thirty: they would starve. */
function giveProcessor(group: string): void {
  for (const [file, weight] of [
    ['cpu.shares', '8192'],
    ['cpu.weight', '800'],
  ] as const) {
    if (existsSync(join(group, file))) writeFileSync(join(group, file), weight);
  }
}

function makeGroup(group: string, tree: string): void {
  mkdirSync(group, { recursive: true });
  // In version 1 a new group of cpuset has no processor until it is said which.
  if (!existsSync(join(tree, 'cgroup.clone_children'))) return;
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    if (existsSync(join(group, file))) writeFileSync(join(group, file), readFileSync(join(tree, file)));
  }
}

/** Removes a group with all below it. Its processes have ended, or are just about to. */
export async function removeGroups(name: string): Promise<void> {
  const deadline = Date.now() + GONE_WITHIN_MS;
  for (const tree of trees()) {
    while (!removed(join(tree, name))) {
      if (Date.now() > deadline) throw new Error(`processes are left in ${join(tree, name)}`);
      await sleep(100);
    }
  }
}

async function removeAbandoned(): Promise<void> {
  const names = trees().flatMap((tree) => readdirSync(tree).filter((name) => name.startsWith(PREFIX)));
  for (const name of new Set(names)) {
    if (identify(Number.parseInt(name.slice(PREFIX.length), 10)) === undefined) await removeGroups(name);
  }
}

/** Depth first; false while something is still in it. */
function removed(group: string): boolean {
  if (!existsSync(group)) return true;
  const below = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const empty = below.map(({ name }) => removed(join(group, name))).every(Boolean);
  if (!empty) return false;
  try {
    rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}
