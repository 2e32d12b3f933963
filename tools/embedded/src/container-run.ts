// Who containers and images for tests belong to. Docker's daemon outlives every process of ours, so what a
// killed run has left is found by the next one, by this name: as a pid file, it says who began it.
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { identify, isAlive } from './process-identity.js';

/** Names the run that containers and images belong to; whoever began the run sets it for its children. */
export const RUN_VARIABLE = 'DEFTER_CONTAINER_RUN';

/** The label of a container that says which run it belongs to. */
export const RUN_LABEL = 'defter-test-run';

const NAME = /^(\d+)\.(\d+)\.(\d+-[0-9a-f]+)$/;

/** The name of a run that this process begins: fit for a label and for an image's tag. */
export function runOfThisProcess(): string {
  return `${process.pid}.${identify(process.pid)?.startedAt ?? '0'}.${world()}`;
}

/** The run that this process is a part of, else one of its own. */
export const currentRun = (): string => process.env[RUN_VARIABLE] ?? runOfThisProcess();

/**
 * Whether whoever began a run is gone, so that everything of it may be removed. Never so for names that are
 * not ours, and for processes that we can't see: another machine's, or those in front of a container that we
 * are in.
 */
export function isOver(run: string): boolean {
  const [, pid = '', startedAt = '', where] = NAME.exec(run) ?? [];
  return where === world() && seesOthers() && !isAlive({ pid: parseInt(pid, 10), startedAt });
}

/**
 * The world of process ids that we live in: its number, which is the same on every machine for the first one,
 * and this start of this machine.
 */
const world = (): string => {
  const namespace = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().replaceAll('-', '');
  return `${namespace}-${boot.slice(0, 12)}`;
};

/** Whether we see other users' processes at all (`hidepid`). */
const seesOthers = (): boolean => existsSync('/proc/1/stat');
