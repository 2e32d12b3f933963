import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LedgerClient } from '@defter/client';
import { identify, type Stack, StackSettings, startStack } from '@defter/embedded';
import { eventually } from '@defter/testing';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The bank of this account says nothing for ever: a scenario of the mock provider. */
const SILENT_BANK = 'TR720009900000000000000056';

let dir: string;
let stack: Stack;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'defter-stuck-'));
  const env = { LOG_LEVEL: 'warn', STUCK_AFTER: '1s' };
  stack = await startStack({ dir, replicas: { 'webhook-delivery': 0 }, ports: 'free', env });
  const urls = {
    ...Object.fromEntries(stack.services.map(({ name, url }) => [name, url])),
    'ledger-grpc': stack.service('ledger').grpcUrl ?? '',
    ...{ postgres: stack.postgres.url, kafka: stack.kafka.brokers, settingsFile: join(dir, 'settings.json') },
    watchedServices: stack.services.map(({ name, managementUrl }) => `${name}=${managementUrl}`).join(),
  };
  const status = { services: [], tenant: stack.tenant, urls };
  writeFileSync(join(dir, 'state.json'), JSON.stringify({ supervisor: identify(process.pid), status }));
}, 300_000);
afterAll(async () => {
  await stack?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const run = async (...args: readonly string[]): Promise<{ code: number | null; text: string }> => {
  const child = spawn(process.execPath, [MAIN, 'job', ...args], {
    env: { ...process.env, DEFTER_DIR: dir },
    stdio: 'pipe',
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (text += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
};
const call = async (service: 'payments' | 'reconciliation', path: string, token: string, body?: object) => {
  const answer = await fetch(`${stack.service(service).url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': `${path}-1`,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return (await answer.json()) as Record<string, unknown>;
};
const findings = async () => {
  const path = '/api/v1/payments/reconciliation/findings?type=payout_stuck';
  const { data } = await call('reconciliation', path, stack.tenant.apiKey);
  return data as Record<string, unknown>[];
};

/** A withdrawal that was approved and sent, and of which the bank says nothing. */
const silentPayout = async (): Promise<string> => {
  const [ayse = '', mehmet = ''] = stack.tenant.people.map(({ token }) => token);
  const ledger = new LedgerClient({ url: stack.service('ledger').url, token: stack.tenant.apiKey });
  await ledger.open('main').catch(() => undefined);
  const funds = { source: 'world', destination: 'users:u1:main', amount: 100_000, asset: 'TRY/2' };
  await ledger.createTransaction('main', { postings: [funds] }, 'funds');
  const asked = { amount_minor: 5_000, currency: 'TRY', customer_id: 'u1', destination: SILENT_BANK };
  const { id, payload_hash } = await call('payments', '/v1/payouts', ayse, asked);
  await call('payments', `/v1/payouts/${String(id)}/approve`, mehmet, { payload_hash });
  return String(id);
};

describe('detect-stuck beside real payments', () => {
  it('finds what the badge of payments shows, with the exit code 0; what it cannot ask is 2', async () => {
    expect(await run('detect-stuck')).toMatchObject({ code: 0 });
    expect(await findings()).toEqual([]);
    const id = await silentPayout();
    await eventually(
      async () => {
        const payout = await call('payments', `/v1/payouts/${id}`, stack.tenant.apiKey);
        expect(payout).toMatchObject({ is_stuck: true });
      },
      { timeoutMs: 60_000 },
    );
    const found = await run('detect-stuck', '--again');
    expect(found).toMatchObject({ code: 0, text: expect.stringContaining('1 found') as unknown });
    const raised = await findings();
    expect(raised).toMatchObject([
      { severity: 'MED', status: 'open', provider: 'mock-psp', player_id: 'u1' },
    ]);
    expect(raised[0]?.['raw']).toMatchObject({ payoutId: id, amount: '5000' });
    await stack.service('payments').stop();
    const blind = await run('detect-stuck', '--again');
    expect(blind).toMatchObject({ code: 2, text: expect.stringContaining('gave no answer') as unknown });
    expect(await findings()).toMatchObject([{ status: 'open', version: 1 }]);
  }, 300_000);

  it('and the other jobs run on the same stack: proofs, and both reports as mails', async () => {
    for (const job of ['verify-proofs', 'daily-report', 'settlement-report'])
      expect(await run(job)).toMatchObject({ code: 0, text: expect.stringContaining('done') as unknown });
    const again = await run('daily-report');
    expect(again).toMatchObject({ code: 0, text: expect.stringContaining('already') as unknown });
    expect(readdirSync(join(dir, 'mail')).map((name) => name.split('-')[1])).toEqual(['daily', 'settlement']);
  }, 300_000);

  it('keeps a page for every tenant, and says for whom; for one where one is named', async () => {
    const { id: first } = stack.tenant;
    new StackSettings(dir).addTenant('t_second');
    const pages = (tenantId: string): string[] => {
      const folder = join(dir, 'reports', tenantId);
      return readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    };
    // The service sees a new tenant at its next look.
    await eventually(
      async () => {
        const { code, text } = await run('settlement-report', '--again');
        expect({ code, text }).toMatchObject({ code: 0 });
        for (const tenantId of [first, 't_second']) expect(text).toContain(`page for ${tenantId}: ${dir}`);
      },
      { timeoutMs: 120_000 },
    );
    for (const tenantId of [first, 't_second'])
      expect(pages(tenantId).filter((page) => page.includes(`Defter · ${tenantId} ·`))).not.toEqual([]);
    const one = await run('settlement-report', '--again', '--tenant-id', 't_second');
    expect(one.text).toContain('page for t_second');
    expect(one.text).not.toContain(`page for ${first}:`);
  }, 300_000);

  it('says what it could not look at in a sentence, and nothing of its insides', async () => {
    const { code, text } = await run('slo-report', '--tenant-id', stack.tenant.id);
    expect(code).toBe(2);
    expect(text.trim().split('\n')).toEqual([
      expect.stringMatching(
        /^slo-report of \S+ for \S+ \(job_\S+\): failed, PROMETHEUS_URL names no Prometheus/,
      ),
    ]);
  }, 60_000);
});
