import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { SetupError } from './setup-error.js';

/** A held lock. */
export interface FileLock {
  release(): void;
}

/**
 * Takes an exclusive lock on a file; undefined when `wait` is false and another process holds it. The kernel
 * keeps the lock (flock) and drops it with our death, so a stale one cannot exist. A helper process holds it
 * for us, because Node has no flock; it ends when its standard input closes.
 */
export async function lockFile(path: string, { wait }: { wait: boolean }): Promise<FileLock | undefined> {
  mkdirSync(dirname(path), { recursive: true });
  const mode = wait ? [] : ['--nonblock'];
  const args = ['--exclusive', ...mode, '--no-fork', path, 'sh', '-c', 'echo held; exec cat'];
  const holder = spawn('flock', args, { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  const held = await new Promise<boolean>((resolve, reject) => {
    holder.stdout.once('data', () => {
      resolve(true);
    });
    holder.once('exit', () => {
      resolve(false);
    });
    holder.once('error', () => {
      reject(new SetupError('The command flock is missing', 'Install it: apt-get install util-linux'));
    });
  });
  return held ? { release: () => holder.stdin.end() } : undefined;
}

/** Runs `work` while holding the lock; waits for it. */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = await lockFile(path, { wait: true });
  if (lock === undefined) throw new Error(`cannot lock ${path}`);
  try {
    return await work();
  } finally {
    lock.release();
  }
}
