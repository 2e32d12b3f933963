// A process id alone is no identity: after a crash the number may belong to a stranger. With the kernel's
// start time it is one, and only then may we end a process that we did not start in this run.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A process as the kernel knows it; `startedAt` is in clock ticks since boot (field 22 of /proc/<pid>/stat).
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

/** What a pid file holds: the process and who started it. */
export interface PidFile extends ProcessIdentity {
  readonly owner: ProcessIdentity;
}

/** The identity of a live process; undefined when there is none (or only a zombie) with this number. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name is in parentheses and may contain anything, so fields are counted from the last ')'.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startedAt] = [fields[0], fields[19]];
    return state === 'Z' || state === 'X' || startedAt === undefined ? undefined : { pid, startedAt };
  } catch {
    return undefined;
  }
}

/** Whether exactly this process still lives. */
export const isAlive = (process: ProcessIdentity): boolean =>
  identify(process.pid)?.startedAt === process.startedAt;

/** Writes a pid file in one step, so that a reader never sees half of it. */
export function writePidFile(path: string, pid: number): void {
  const started = identify(pid);
  const owner = identify(process.pid);
  if (started === undefined || owner === undefined) return;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify({ ...started, owner } satisfies PidFile));
  renameSync(temporary, path);
}

/** Reads a pid file; a missing or unreadable one is undefined. */
export function readPidFile(path: string): PidFile | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as PidFile;
  } catch {
    return undefined;
  }
}

/** Ends a process: SIGTERM, and SIGKILL after `graceMs`. Returns when it is gone. */
export async function end(target: ProcessIdentity, graceMs = 5_000): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGTERM', graceMs],
    ['SIGKILL', 10_000],
  ] as const) {
    if (!isAlive(target)) return;
    process.kill(target.pid, signal);
    await waitUntilGone(target, waitMs);
  }
  if (isAlive(target)) throw new Error(`process ${target.pid} survived SIGKILL`);
}

/**
 * Ends what a dead run left behind. The pid file of a live owner is left alone and its content returned: the
 * caller says that the folder is in use.
 */
export async function endLeftover(pidFile: string, graceMs = 5_000): Promise<PidFile | undefined> {
  const left = readPidFile(pidFile);
  if (left !== undefined && isAlive(left)) {
    if (isAlive(left.owner)) return left;
    await end(left, graceMs);
  }
  rmSync(pidFile, { force: true });
  return undefined;
}

async function waitUntilGone(target: ProcessIdentity, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(target) && Date.now() < deadline) await sleep(20);
}
