import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, testDatabase, type TestDatabase } from '@defter/testing';
import { Leadership } from './leadership.js';

/** As it was built: a process has no TypeScript. `nx run platform:int` builds first. */
const main = fileURLToPath(new URL('../../../dist/messaging/producing/leader.fixture.js', import.meta.url));
const LEASE_MS = 1_000;

let db: TestDatabase;
let others: Leadership[];
let child: ChildProcess | undefined;
beforeEach(async () => {
  db = await testDatabase();
  others = [];
});
afterEach(async () => {
  for (const other of others) other.resign();
  // A process that a signal ended has no exit code; its close may be long over.
  if (child?.exitCode === null && child.signalCode === null) {
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }
  child = undefined;
  await db.stop();
});

const candidate = (): Leadership => {
  const made = new Leadership(db.database, 'log', LEASE_MS);
  others.push(made);
  return made;
};
/** Another process that leads or waits; `says` grows. */
const process2 = (): { says: string[]; signal(name: NodeJS.Signals): void } => {
  const started = spawn(process.execPath, [main, db.url, 'log', `${LEASE_MS}`], { stdio: 'pipe' });
  child = started;
  const says: string[] = [];
  started.stdout.on('data', (data: Buffer) => says.push(...data.toString().trim().split('\n')));
  return { says, signal: (name) => void started.kill(name) };
};
const leads = async (one: Leadership): Promise<boolean> => (await one.take()) !== undefined;

describe('leadership', () => {
  it('passes from a stopped process to the next within seconds, and stays there', async () => {
    const first = process2();
    await eventually(() => expect(first.says).toEqual(['leads']));
    const second = candidate();
    expect(await leads(second)).toBe(false);
    first.signal('SIGSTOP');
    const stoppedAt = Date.now();
    await eventually(async () => expect(await leads(second)).toBe(true));
    expect(Date.now() - stoppedAt).toBeLessThan(6 * LEASE_MS);
    first.signal('SIGCONT');
    await eventually(() => expect(first.says).toEqual(['leads', 'waits']));
    expect(await leads(second)).toBe(true);
  });

  it('passes on at once from a process that was killed', async () => {
    const first = process2();
    await eventually(() => expect(first.says).toEqual(['leads']));
    const second = candidate();
    first.signal('SIGKILL');
    await eventually(async () => expect(await leads(second)).toBe(true));
  });

  it('stays with a leader that takes no turn for long: it may be waiting for the broker', async () => {
    const [first, second] = [candidate(), candidate()];
    expect(await leads(first)).toBe(true);
    const until = Date.now() + 4 * LEASE_MS;
    await eventually(async () => {
      expect(await leads(second)).toBe(false);
      expect(Date.now()).toBeGreaterThan(until);
    });
    expect(await leads(first)).toBe(true);
  });

  it('stays with a leader whose statement takes long', async () => {
    const [first, second] = [candidate(), candidate()];
    const session = await first.take();
    const slow = session?.query('select pg_sleep(3)');
    await eventually(async () => {
      expect(await leads(second)).toBe(false);
      await slow;
    });
    expect(await leads(first)).toBe(true);
  });
});
