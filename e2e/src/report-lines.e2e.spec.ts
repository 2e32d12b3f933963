import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Stage, until } from '@defter/cli';
import { type Stack, startStack } from '@defter/embedded';
import { ReconciliationTopics } from '@defter/reconciliation-contracts';
import { acceptTimesAhead, reconciliationAhead } from './days-ahead.js';
import { send } from './world.js';

const DAY_MS = 86_400_000;
/** When the report is there, its lines are old enough, and the bank has booked. */
const DAYS_AHEAD = 4;
const AMOUNT = 10_000;
/** 2.5 % of it, as the tenant's rate card and the provider have it. */
const FEE = 250;

let dir: string;
let stack: Stack;
let stage: Stage;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'defter-reports-'));
  const env = {
    ...{ LOG_LEVEL: 'warn', PROVIDER_TIMEOUT: '1s', NODE_OPTIONS: reconciliationAhead(dir, DAYS_AHEAD) },
    // Nobody asks the provider: neither by the ladder nor because a webhook doesn't come.
    ...{ LOOKUP_LADDER: '24h', PENDING_LOOKUP_AFTER: '24h' },
  };
  stack = await startStack({ dir, replicas: { 'webhook-delivery': 0 }, ports: 'free', env });
  await acceptTimesAhead(
    stack.kafka.brokers,
    Object.values(ReconciliationTopics).map(({ name }) => name),
  );
  const urls = {
    ledger: stack.service('ledger').url,
    payments: stack.service('payments').url,
    reconciliation: stack.service('reconciliation').url,
    mockPsp: stack.service('mock-psp').url,
  };
  stage = new Stage(stack.addTenant('t_reports'), urls, () => Promise.reject(new Error('not here')));
  settleAutomatically(join(dir, 'settings.json'), 't_reports');
}, 300_000);
afterAll(async () => {
  await stack?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const settleAutomatically = (file: string, tenantId: string): void => {
  const settings = JSON.parse(readFileSync(file, 'utf8')) as { tenants: { id: string }[] };
  const tenants = settings.tenants.map((each) =>
    each.id === tenantId ? { ...each, settlements: 'automatic' } : each,
  );
  writeFileSync(`${file}.new`, JSON.stringify({ ...settings, tenants }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
};

const balance = async (account: string): Promise<number> =>
  Number((await stage.ledger.balances('main', account).catch(() => []))[0]?.posted ?? 0);
const deposit = (reference: string) =>
  stage.payments.createIntent(
    {
      ...{ amount_minor: AMOUNT, currency: 'TRY', customer_id: reference, merchant_reference: reference },
      ...{ confirm: true, payment_method: 'tok_visa' },
      // Charged, and nobody hears of it.
      metadata: { 'mock.scenario': 'answer.timeout_after,webhook.drop' },
    },
    reference,
  );
const result = async (id: string): Promise<string | undefined> =>
  (await stage.payments.intent(id)).attempts[0]?.result;
let runs = 0;
const reconcile = async () => {
  const { provider, id: connection_id } = stage.tenant.connection;
  const run = await stage.reconciliation.run({ provider, connection_id }, `run-${++runs}`);
  expect(run).toMatchObject({ status: 'completed' });
  return run;
};
const bookings = async (): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { idempotencyKey } of stage.ledger.logs('main')) keys.push(idempotencyKey ?? '');
  return keys.sort();
};
const openFindings = async () =>
  (await stage.reconciliation.findings()).filter(({ status }) => ['open', 'reopened'].includes(status));

/** The webhook that was dropped, at last. */
const lateWebhook = async (operationId: string): Promise<number> => {
  const { connection } = stage.tenant;
  const { data } = await stage.provider<{ data: Record<string, unknown>[] }>(
    'GET',
    `/_test/book?connectionId=${connection.id}`,
  );
  const view = data.find(({ operation_id }) => operation_id === operationId) ?? data[0];
  const raw = JSON.stringify({
    ...{ id: `evt_${randomUUID()}`, type: 'deposit_captured', connection_id: connection.id },
    occurred_at: new Date().toISOString(),
    operation: { ...view, operation_id: operationId, status: 'succeeded' },
  });
  const t = Math.floor(Date.now() / 1000);
  const v1 = createHmac('sha256', connection.signingKey.secret).update(`${t}.${raw}`).digest('hex');
  const url = `${stack.service('webhook-ingress').url}${connection.webhookPath}`;
  return (await send(url, { raw, headers: { 'mock-signature': `t=${t},v1=${v1}` } })).status;
};

describe("the provider's report, where nothing else tells of two deposits", () => {
  const intents: { id: string; operationId: string }[] = [];

  it('credits each once, and the findings close by themselves in the next run', async () => {
    for (const reference of ['r1', 'r2']) {
      const { id, attempts } = await deposit(reference);
      intents.push({ id, operationId: attempts[0]?.operation_id ?? '' });
      await until('the lost answer', async () => ((await result(id)) === 'unknown' ? true : undefined));
    }
    await until('reconciliation hearing of it', async () =>
      (await stage.reconciliation.summary()).known.operations >= 2 ? true : undefined,
    );
    const run = await reconcile();
    expect(run.counts).toMatchObject({ told: { observations: 2, settlements: 0 } });
    expect((await openFindings()).map(({ finding_type }) => finding_type)).toEqual(
      expect.arrayContaining(['status_mismatch', 'status_mismatch']),
    );
    for (const [index, reference] of ['r1', 'r2'].entries()) {
      await until('the credit', async () =>
        (await balance(`users:${reference}:main`)) > 0 ? true : undefined,
      );
      expect(await result(intents[index]?.id ?? '')).toBe('succeeded');
    }
    await until('reconciliation agreeing', async () => {
      await reconcile();
      return (await openFindings()).length === 0 ? true : undefined;
    });
  }, 120_000);

  it('is not undone or doubled by the late webhook, nor by further runs', async () => {
    const [first] = intents;
    if (first === undefined) throw new Error('no deposit');
    expect(await lateWebhook(first.operationId)).toBe(200);
    await until('the webhook being heard', async () => {
      const { url } = stack.service('payments');
      const path = `/v1/payment_intents/${first.id}/timeline`;
      const { body } = await send(`${url}${path}`, { method: 'GET', token: stage.tenant.apiKey });
      const sources = (body['data'] as { source: string; detail: { is_news?: boolean } }[]).filter(
        ({ source }) => source === 'webhook',
      );
      if (sources.length === 0) return undefined;
      expect(sources.map(({ detail }) => detail.is_news)).toEqual([false]);
      return true;
    });
    await reconcile();
    expect([await balance('users:r1:main'), await balance('users:r2:main')]).toEqual([AMOUNT, AMOUNT]);
    expect(await bookings()).toEqual(intents.map(({ operationId }) => `deposit:${operationId}`).sort());
  }, 120_000);

  it('settles their batch once the bank has credited it: nothing is owed any more', async () => {
    const receivable = `psp:${stage.tenant.connection.id}:receivable`;
    const bank = `bank:${stage.tenant.connection.id}`;
    const net = 2 * (AMOUNT - FEE);
    expect(await balance(receivable)).toBe(-net);
    // A moment ahead: it never goes back, not even by the time that the request takes.
    const at = new Date(Date.now() + 5_000).toISOString();
    await stage.provider('POST', '/_test/clock/stand', { at });
    await stage.provider('POST', '/_test/clock/advance', { ms: DAYS_AHEAD * DAY_MS });
    const run = await reconcile();
    expect(run.counts).toMatchObject({ told: { observations: 0, settlements: 1 } });
    await until('the settlement', async () => ((await balance(bank)) !== 0 ? true : undefined));
    expect([await balance(receivable), await balance(bank)]).toEqual([0, -net]);
    await reconcile();
    const settlements = (await bookings()).filter((key) => key.startsWith('settlement:'));
    expect(settlements).toHaveLength(1);
    expect([await balance(receivable), await balance(bank)]).toEqual([0, -net]);
  }, 120_000);
});
