import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from '@defter/embedded';
import { RUN_FOLDER, runningRecord } from './run-folder.js';

const LOG = join(RUN_FOLDER, 'logs/up.log');

/**
 * Runs `./defter up` with these options as a process of its own, shows its progress here, and returns when
 * everything is ready.
 */
export async function upInBackground(options: readonly string[]): Promise<number> {
  mkdirSync(join(RUN_FOLDER, 'logs'), { recursive: true });
  rmSync(LOG, { force: true });
  const log = openSync(LOG, 'a', 0o600);
  const main = process.argv[1] ?? '';
  const child = spawn(process.execPath, [...process.execArgv, main, 'up', ...options], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  const supervisor = child.pid === undefined ? undefined : identify(child.pid);
  if (supervisor === undefined) throw new Error(`it did not start, see ${LOG}`);
  const ready = await showUntilReady(supervisor);
  child.unref();
  if (ready) console.log('It runs in the background. See it work: ./defter demo   Stop it: ./defter down');
  return ready ? 0 : 1;
}

async function showUntilReady(supervisor: ProcessIdentity): Promise<boolean> {
  let shown = 0;
  for (;;) {
    // Asked before the log is read, so that its last words are shown too.
    const alive = isAlive(supervisor);
    const record = runningRecord();
    const text = readFileSync(LOG, 'utf8');
    process.stdout.write(text.slice(shown));
    shown = text.length;
    if (record?.supervisor.pid === supervisor.pid && record.status !== undefined) return true;
    if (!alive) return false;
    await sleep(100);
  }
}
