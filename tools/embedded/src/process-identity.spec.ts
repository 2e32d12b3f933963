import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  endLeftover,
  identify,
  isAlive,
  readPidFile,
  writePidFile,
  type ProcessIdentity,
} from './process-identity.js';
import { scratchFolder } from './testing/scratch-folder.js';

// Our number with another start: a dead process.
const NOBODY: ProcessIdentity = { pid: process.pid, startedAt: '1' };

describe('a process and its pid file', () => {
  const dir = scratchFolder();
  const pidFile = join(dir, 'sleeper.pid');
  let sleeper: ReturnType<typeof spawn>;
  let pid: number;

  beforeEach(async () => {
    sleeper = spawn('sleep', ['60']);
    await once(sleeper, 'spawn');
    pid = sleeper.pid ?? 0;
  });
  afterEach(async () => {
    const exited =
      sleeper.exitCode === null && sleeper.signalCode === null ? once(sleeper, 'exit') : undefined;
    sleeper.kill('SIGKILL');
    await exited;
  });
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  const leftBy = (owner: ProcessIdentity, left = identify(pid)): void => {
    writeFileSync(pidFile, JSON.stringify({ ...left, owner }));
  };

  it('is alive until it ends', async () => {
    const identity = identify(pid);
    if (identity === undefined) throw new Error('not found');
    expect(isAlive(identity)).toBe(true);
    sleeper.kill('SIGKILL');
    await once(sleeper, 'exit');
    expect(isAlive(identity)).toBe(false);
  });

  it('names its owner in the pid file', () => {
    writePidFile(pidFile, pid);
    expect(readPidFile(pidFile)).toEqual({ ...identify(pid), owner: identify(process.pid) });
  });

  it('is ended when its owner is dead', async () => {
    leftBy(NOBODY);
    expect(await endLeftover(pidFile)).toBeUndefined();
    expect(identify(pid)).toBeUndefined();
    expect(existsSync(pidFile)).toBe(false);
  });

  it('is ended even when it ignores SIGTERM', async () => {
    const deaf = spawn('sh', ['-c', 'trap "" TERM; echo deaf; while :; do sleep 0.1; done']);
    try {
      await once(deaf.stdout, 'data');
      const identity = identify(deaf.pid ?? 0);
      leftBy(NOBODY, identity);
      await endLeftover(pidFile, 200);
      expect(identity === undefined || isAlive(identity)).toBe(false);
    } finally {
      deaf.kill('SIGKILL');
    }
  });

  it('is left alone while its owner lives', async () => {
    leftBy(identify(process.pid) ?? NOBODY);
    expect(await endLeftover(pidFile)).toMatchObject({ pid });
    expect(identify(pid)).toBeDefined();
  });

  it('is left alone when the number belongs to another process now', async () => {
    leftBy(NOBODY, { pid, startedAt: '1' });
    expect(await endLeftover(pidFile)).toBeUndefined();
    expect(identify(pid)).toBeDefined();
    expect(existsSync(pidFile)).toBe(false);
  });
});
