// A node changes the machine that it runs on: addresses, routes, iptables, mounts, settings of the kernel. So
// it gets namespaces of its own, which end with the one process that everything in them descends from.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What this machine lacks for a node, as a sentence; nothing where it lacks nothing. */
export function lacksForNode(): string | undefined {
  if (process.arch !== 'x64') return 'A node needs a machine with an x86-64 processor.';
  if (process.getuid?.() !== 0) return 'A node needs root: namespaces, mounts and control groups.';
  if (spawnSync('apt-get', ['--version']).status !== 0)
    return 'A node needs Debian: containerd and runc come from its packages.';
  const tried = spawnSync('unshare', [...NAMESPACES, '--', 'ip', 'link', 'set', 'lo', 'up']);
  if (tried.error !== undefined) return 'A node needs the command unshare (util-linux).';
  if (tried.status === 127) return 'A node needs the command ip (iproute2).';
  if (tried.status !== 0) return `A node needs namespaces: ${tried.stderr.toString().trim()}`;
  return existsSync('/sys/fs/cgroup') ? undefined : 'A node needs control groups at /sys/fs/cgroup.';
}

const NAMESPACES = [
  ...['--net', '--mount', '--pid', '--ipc', '--fork', '--mount-proc'],
  ...['--propagation', 'private', '--kill-child=SIGKILL'],
];

/**
 * Runs a program as the first process of new namespaces. Nothing in them outlives it, or us. It is told to
 * end by the end of its standard input: a first process hears no signal that it doesn't ask for.
 */
export const inNamespaces = (command: string, args: readonly string[]): ChildProcess =>
  spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'unshare', ...NAMESPACES, '--', command, ...args], {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { DEFTER_PATIENCE_MS: '180000', ...process.env },
  });
