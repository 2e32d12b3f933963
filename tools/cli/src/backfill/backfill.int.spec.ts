import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LedgerClient } from '@defter/client';
import { type Stack, StackSettings, startStack } from '@defter/embedded';

/** As it was built: the command is a process, and one of them is killed. */
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

let dir: string;
let stack: Stack;
let client: LedgerClient;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'defter-backfill-'));
  const none = { payments: 0, 'webhook-ingress': 0, reconciliation: 0, 'mock-psp': 0 };
  stack = await startStack({ dir, replicas: none, ports: 'free', env: { LOG_LEVEL: 'warn' } });
  client = new LedgerClient({ url: stack.service('ledger').url, token: stack.tenant.apiKey });
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  rmSync(dir, { recursive: true, force: true });
});

let files = 0;
const fileWith = (...lines: string[]): string => {
  const file = join(dir, `balances-${++files}.csv`);
  writeFileSync(file, ['account,asset,amount', ...lines, ''].join('\n'));
  return file;
};
const start = (ledger: string, file: string, ...more: string[]) => {
  const where = ['--url', stack.service('ledger').url, '--tenant-id', stack.tenant.id, '--ledger', ledger];
  return spawn(process.execPath, [main, 'backfill', ...where, '--file', file, ...more], {
    env: { ...process.env, DEFTER_DIR: join(dir, 'cli'), DEFTER_TOKEN: stack.tenant.apiKey },
    stdio: 'pipe',
  });
};
const run = async (
  ledger: string,
  file: string,
  ...more: string[]
): Promise<{ code: number; text: string }> => {
  const child = start(ledger, file, ...more);
  let text = '';
  child.stdout.on('data', (data: Buffer) => (text += data.toString()));
  child.stderr.on('data', (data: Buffer) => (text += data.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, text };
};
const posted = async (ledger: string, account: string): Promise<unknown> =>
  (await client.balances(ledger, account))[0]?.posted;
const count = async (ledger: string): Promise<number> => {
  let found = 0;
  for await (const entry of client.logs(ledger)) found += entry.id > 0 ? 1 : 0;
  return found;
};
/** Gives the tenant's key the scope ledger:force, which it doesn't have by itself. */
const allowForce = (): void => {
  const { file } = new StackSettings(dir);
  const settings = JSON.parse(readFileSync(file, 'utf8')) as {
    tenants: { id: string; keys: { scopes: string[] }[] }[];
  };
  settings.tenants.find(({ id }) => id === stack.tenant.id)?.keys[0]?.scopes.push('ledger:force');
  writeFileSync(`${file}.new`, JSON.stringify(settings), { mode: 0o600 });
  renameSync(`${file}.new`, file);
};

describe('./defter backfill', () => {
  it('wants a dry run of the same content first, and then books what it showed', async () => {
    await client.open('one');
    const file = fileWith('users:1,TRY/2,1000', 'users:2,TRY/2,0', 'users:3,JPY,7');
    const early = await run('one', file);
    expect([early.code, early.text]).toEqual([
      1,
      expect.stringContaining('Run the same with --dry-run first'),
    ]);
    const dry = await run('one', file, '--dry-run');
    expect(dry.code).toBe(0);
    expect(dry.text).toMatch(/users:1 +TRY\/2 +0 +1000 +1000/);
    expect(dry.text).toContain('2 of 3 balances differ');
    expect(await count('one')).toBe(0);
    expect((await run('one', fileWith('users:1,TRY/2,1001'))).code).toBe(1);
    const real = await run('one', file);
    expect([real.code, real.text]).toEqual([0, expect.stringContaining('0 of 3 balances differ')]);
    expect(await posted('one', 'users:1')).toBe(1000);
    expect((await run('one', file)).code).toBe(0);
    expect(await count('one')).toBe(2);
  });

  it('refuses wrong lines with their numbers, before anything is written', async () => {
    await client.open('two');
    const file = fileWith('users:1,TRY/2,1000', 'users 2,TRY/2,5', 'users:3,JPY,1.5');
    for (const more of [['--dry-run'], []]) {
      const { code, text } = await run('two', file, ...more);
      expect([code, text]).toEqual([1, expect.stringMatching(/line 3: [^]*line 4: [^]*nothing was written/)]);
    }
    expect(await count('two')).toBe(0);
  });

  it('says which ledger is missing', async () => {
    const { code, text } = await run('nosuch', fileWith('users:1,TRY/2,1000'), '--dry-run');
    expect([code, text]).toEqual([1, `Tenant ${stack.tenant.id} has no ledger nosuch: open it first\n`]);
  });

  it('leaves balances alone that it did not expect, unless forced', async () => {
    await client.open('three');
    const move = (amount: number, key: string) =>
      client.createTransaction(
        'three',
        { postings: [{ source: 'world', destination: 'users:1', amount, asset: 'JPY' }] },
        key,
      );
    await move(40, 'a');
    const file = fileWith('users:1,JPY,100', 'users:2,JPY,5');
    await run('three', file, '--dry-run');
    const refused = await run('three', file);
    expect([refused.code, refused.text]).toEqual([1, expect.stringContaining('line 2 (users:1 JPY)')]);
    expect(await count('three')).toBe(1);
    expect((await run('three', file, '--force')).code).toBe(0);
    expect([await posted('three', 'users:1'), await posted('three', 'users:2')]).toEqual([100, 5]);
    await move(1, 'b');
    // Booked is booked, also where the account moved since.
    expect((await run('three', file, '--force')).code).toBe(0);
    expect(await posted('three', 'users:1')).toBe(101);
  });

  it('books by force what was refused without it, once', async () => {
    await client.open('below');
    const file = fileWith('users:1,JPY,-30');
    await run('below', file, '--dry-run');
    const refused = await run('below', file);
    expect([refused.code, refused.text]).toEqual([1, expect.stringContaining('line 2: ')]);
    expect(await posted('below', 'users:1')).toBeUndefined();
    allowForce();
    let forced = await run('below', file, '--force');
    // Services see new scopes at their next look at the file.
    for (let tries = 0; tries < 50 && forced.text.includes('force-not-allowed'); tries++)
      forced = await run('below', file, '--force');
    expect([forced.code, forced.text]).toEqual([0, expect.stringContaining('0 of 1 balances differ')]);
    expect(await posted('below', 'users:1')).toBe(-30);
    // Back where it was at the dry run: it looks as if nothing had been booked.
    const postings = [{ source: 'world', destination: 'users:1', amount: 30, asset: 'JPY' }];
    await client.createTransaction('below', { postings }, 'back');
    expect((await run('below', file, '--force')).code).toBe(0);
    expect([await posted('below', 'users:1'), await count('below')]).toEqual([0, 2]);
  });

  it('killed half-way, books each line once when it is started again', async () => {
    await client.open('four');
    const lines = Array.from({ length: 1_000 }, (_, index) => `users:${index},TRY/2,${index + 1}`);
    const file = fileWith(...lines);
    await run('four', file, '--dry-run');
    const child = start('four', file);
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (data: Buffer) => {
        if (data.toString().includes('200 of 1000 lines')) resolve();
      });
    });
    child.kill('SIGKILL');
    await once(child, 'close');
    const again = await run('four', file);
    const [, left = ''] = /(\d+) of 1000 lines to book/.exec(again.text) ?? [];
    expect([again.code, parseInt(left, 10)]).toEqual([0, expect.any(Number)]);
    expect(parseInt(left, 10)).toBeLessThanOrEqual(800);
    expect(await count('four')).toBe(1_000);
    expect(await posted('four', 'users:999')).toBe(1_000);
  });
});
