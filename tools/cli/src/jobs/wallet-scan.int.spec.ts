import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LedgerClient } from '@defter/client';
import { databaseUrl, identify, type Stack, startStack } from '@defter/embedded';
import { eventually, seedLedger } from '@defter/testing';
import pg from 'pg';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const WALLETS = 100_000;
const SCAN = ['job', 'ledger-wallet-scan', '--again', '--json'];

let dir: string;
let stack: Stack;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'defter-scan-'));
  const replicas = { payments: 0, 'webhook-ingress': 0, 'mock-psp': 0, 'webhook-delivery': 0 };
  stack = await startStack({ dir, replicas, ports: 'free', env: { LOG_LEVEL: 'warn' } });
  await new LedgerClient({ url: stack.service('ledger').url, token: stack.tenant.apiKey }).open('main');
  const [row] = await sql<{ ledger_id: number }>(
    'ledger',
    `select ledger_id from ledger where name = 'main'`,
  );
  await seedLedger({
    url: databaseUrl(stack.postgres.url, 'ledger', 'migrator'),
    ledgerId: row?.ledger_id ?? 0,
    transactions: WALLETS,
    accounts: WALLETS,
    everyWallet: true,
  });
  const urls = {
    ...Object.fromEntries(stack.services.map(({ name, url }) => [name, url])),
    'ledger-grpc': stack.service('ledger').grpcUrl ?? '',
    ...{ postgres: stack.postgres.url, kafka: stack.kafka.brokers, settingsFile: join(dir, 'settings.json') },
  };
  const status = { services: [], tenant: stack.tenant, urls };
  writeFileSync(join(dir, 'state.json'), JSON.stringify({ supervisor: identify(process.pid), status }));
}, 900_000);
afterAll(async () => {
  await stack?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const sql = async <R extends pg.QueryResultRow>(
  database: string,
  text: string,
  values: unknown[] = [],
): Promise<R[]> => {
  const url = new URL(stack.postgres.url);
  url.pathname = `/${database}`;
  const superuser = new pg.Client({ connectionString: url.href });
  await superuser.connect();
  try {
    return (await superuser.query<R>(text, values)).rows;
  } finally {
    await superuser.end();
  }
};

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly text: string;
}
const run = async (args: readonly string[], env: Record<string, string> = {}): Promise<Ended> => {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, DEFTER_DIR: dir, ...env },
    stdio: 'pipe',
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (text += data.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, text };
};
const last = ({ text }: Ended): Record<string, unknown> => {
  const lines = text.split('\n').filter((line) => line.startsWith('{"tenant_id"'));
  return JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>;
};
const findings = async (query: string): Promise<Record<string, unknown>[]> => {
  const url = `${stack.service('reconciliation').url}/api/v1/payments/reconciliation/findings?${query}`;
  const answer = await fetch(url, { headers: { authorization: `Bearer ${stack.tenant.apiKey}` } });
  return ((await answer.json()) as { data: Record<string, unknown>[] }).data;
};

const runs = async (): Promise<Record<string, unknown>[]> => {
  const base = `${stack.service('reconciliation').url}/api/v1/payments/reconciliation`;
  const headers = { authorization: `Bearer ${stack.tenant.apiKey}` };
  const answer = await fetch(`${base}/jobs/ledger-wallet-scan/runs`, { headers });
  return ((await answer.json()) as { data: Record<string, unknown>[] }).data;
};

/** The wallet that is touched, and by how much its balance is off. */
const WALLET = `users:${WALLETS - 4_321}:main`;
const plant = (units: number) =>
  sql('ledger', 'update balance set input = input + $2 where account = $1', [WALLET, units]);
const DRIFT = 'type=wallet_ledger_drift';

describe(`a ledger of ${WALLETS} wallets`, () => {
  it('is scanned whole, and nothing is found', async () => {
    const [count] = await sql<{ n: number }>(
      'ledger',
      `select count(*)::int as n from balance where account like 'users:%'`,
    );
    expect(count?.n).toBe(WALLETS);
    const ended = await run(SCAN);
    expect(ended).toMatchObject({ code: 0 });
    expect(last(ended)).toMatchObject({ status: 'done', found: '0', result: { head: `${WALLETS}` } });
    expect((last(ended)['result'] as { accounts: number }).accounts).toBeGreaterThan(WALLETS);
    expect(await findings(DRIFT)).toEqual([]);
  }, 900_000);

  it('with one unit too much in one of them: that one is found, with both figures; not twice', async () => {
    await plant(1);
    // Ended as kill -9 does, in the middle of it; a worker of the stack goes on from there.
    const killed = await run(SCAN, { DEFTER_CRASH_POINT: 'job.after-progress:12', JOB_LEASE: '1s' });
    expect(killed.code).not.toBe(0);
    await eventually(
      async () => {
        const [newest] = await runs();
        expect(newest).toMatchObject({ status: 'done', attempt: 2, found: '1' });
      },
      { timeoutMs: 600_000, pauseMs: 500 },
    );
    const [finding, ...others] = await findings(DRIFT);
    expect(others).toEqual([]);
    const { actual, expected, account, difference } = finding?.['raw'] as Record<string, { balance: string }>;
    expect({ account, difference }).toEqual({ account: WALLET, difference: '1' });
    expect(BigInt(actual?.balance ?? 0) - BigInt(expected?.balance ?? 0)).toBe(1n);
    expect(finding).toMatchObject({ severity: 'HIGH', status: 'open', player_id: `${WALLETS - 4_321}` });
    expect(last(await run(SCAN))).toMatchObject({ found: '1' });
    expect(await findings(DRIFT)).toEqual([expect.objectContaining({ id: finding?.['id'], version: 1 })]);
  }, 900_000);

  it('left alone, it grows old in the daily report', async () => {
    await sql('reconciliation', `update finding set first_seen_at = first_seen_at - interval '8 days'`);
    const ended = await run(['job', 'daily-report', '--json']);
    expect(ended).toMatchObject({ code: 0 });
    const url = `${stack.service('reconciliation').url}/api/v1/payments/reconciliation/reports/latest.json`;
    const answer = await fetch(url, { headers: { authorization: `Bearer ${stack.tenant.apiKey}` } });
    const { content } = (await answer.json()) as { content: Record<string, unknown[]> };
    expect(content['ageing']).toContainEqual({ band: 'month', HIGH: 1, MED: 0, LOW: 0 });
    expect(content['findings']).toMatchObject([{ type: 'wallet_ledger_drift', severity: 'HIGH' }]);
  }, 300_000);

  it('mended, it is closed by the next scan', async () => {
    await plant(-1);
    expect(last(await run(SCAN))).toMatchObject({ status: 'done', found: '0' });
    expect(await findings(DRIFT)).toMatchObject([{ status: 'auto_resolved' }]);
  }, 900_000);

  it('is scanned while it moves, and its own movements are no drift', async () => {
    const ledger = new LedgerClient({ url: stack.service('ledger').url, token: stack.tenant.apiKey });
    let over = false;
    const moving = (async () => {
      for (let number = 0; !over; number++) {
        const destination = `users:${number % WALLETS}:main`;
        const postings = [{ source: 'world', destination, amount: 5, asset: 'TRY/2' }];
        await ledger.createTransaction('main', { postings }, `moving-${number}`);
      }
    })();
    const ended = await run(SCAN);
    over = true;
    await moving;
    expect(last(ended)).toMatchObject({ status: 'done', found: '0' });
  }, 900_000);

  it('entries that aren’t what their event says, and money where no event put any, are found', async () => {
    const one = 'update posting set amount = amount + $1 where sequence = 77 and position = 0';
    const ghost = `insert into balance (ledger_id, account, asset, input, output, pending_in, pending_out,
      sequence, first_sequence) select ledger_id, 'users:ghost:main', 'TRY/2', 9, 0, 0, 0, 1, 1 from ledger
      where name = 'main'`;
    await sql('ledger', one, [3]);
    await sql('ledger', ghost);
    expect(last(await run(SCAN))).toMatchObject({ status: 'done', found: '3' });
    const found = (await findings(`${DRIFT}&status=open`)).map(({ raw }) => raw as Record<string, unknown>);
    const offs = found.map((raw) => [raw['of'], raw['difference']]).sort();
    expect(offs).toEqual([
      ['balance', '9'],
      ['entries', '-3'],
      ['entries', '3'],
    ]);
    expect(found.find((raw) => raw['of'] === 'balance')).toMatchObject({
      ...{ account: 'users:ghost:main', actual: { input: '9', output: '0' } },
    });
    await sql('ledger', one, [-3]);
    await sql('ledger', `delete from balance where account = 'users:ghost:main'`);
    // And sums that are longer than any amount don't break it.
    const ledger = new LedgerClient({ url: stack.service('ledger').url, token: stack.tenant.apiKey });
    const amount = BigInt('9'.repeat(78));
    for (const key of ['big-1', 'big-2']) {
      const postings = [{ source: 'world', destination: 'users:big:main', amount, asset: 'TRY/2' }];
      await ledger.createTransaction('main', { postings }, key);
    }
    expect(last(await run(SCAN))).toMatchObject({ status: 'done', found: '0' });
    expect(await findings(`${DRIFT}&status=open`)).toEqual([]);
  }, 900_000);

  it('an account that lost its row is found, too', async () => {
    await sql('ledger', 'delete from balance where account = $1', [WALLET]);
    expect(last(await run(SCAN))).toMatchObject({ status: 'done', found: '1' });
    const [finding] = await findings(`${DRIFT}&status=reopened`);
    expect(finding?.['raw']).toMatchObject({ account: WALLET, actual: { balance: '0' } });
  }, 900_000);

  it('says 2 when the ledger is away, and 64 for what is no job', async () => {
    await stack.service('ledger').stop();
    const ended = await run(SCAN);
    expect(ended.code).toBe(2);
    expect(last(ended)).toMatchObject({ status: 'failed', failure: { code: 'could-not-look' } });
    expect((await run(['job', 'nothing'])).code).toBe(64);
  }, 300_000);
});
