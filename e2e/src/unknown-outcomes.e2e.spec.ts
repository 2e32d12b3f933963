import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bookOf, ChaosWorld, give, play, type Played, settled, until, type Wish } from '@defter/cli';
import { type Fault, FaultyProxy } from './faulty-proxy.js';
import { send } from './world.js';

const LIMIT_MS = 60_000;
const LEASE_MS = 2_000;
/** Calls under way when the process is killed. */
const IN_FLIGHT = 50;

let proxy: FaultyProxy;
let world: ChaosWorld;
beforeAll(async () => {
  proxy = await FaultyProxy.start();
  world = await ChaosWorld.start({
    roles: { payments: ['http', 'worker', 'worker'] },
    env: { MOCK_PSP_URL: proxy.url, PROVIDER_CONCURRENCY: '64', OPERATION_LEASE: `${LEASE_MS}ms` },
    prepare: (urls) => {
      proxy.target = urls.mockPsp;
    },
  });
}, 180_000);
afterAll(async () => {
  await world?.stop();
  await proxy?.stop();
});

let customers = 0;
const wish = (kind: Wish['kind'], wave: string, over: Partial<Wish> = {}): Wish => ({
  ...{ kind, customer: `${wave}c${customers++}`, amountMinor: 12_300n, scenario: 'approve' },
  ...{ fate: 'paid', webhooks: 1, flow: 'usual', ...over },
});

/** Plays them all and looks whether provider, payments and ledger agree about each in the end. */
const playAll = async (wave: string, wishes: readonly Wish[]): Promise<Played[]> => {
  await give(world, wave, wishes);
  return Promise.all(wishes.map(async (each) => ({ wish: each, told: await play(world, each) })));
};
const findings = (played: readonly Played[], since: Date) =>
  settled(world, played, { since, limitMs: LIMIT_MS });
const metric = async (name: string): Promise<number> => {
  let sum = 0;
  for (const replica of [1, 2]) {
    const { managementUrl } = world.stack.service('payments', replica);
    const text = await (await fetch(`${managementUrl}/metrics`)).text();
    for (const line of text.split('\n'))
      if (line.startsWith(`${name}{`)) sum += Number.parseInt(line.split(' ').at(-1) ?? '0', 10);
  }
  return sum;
};

describe('an outcome that nobody knows', () => {
  it('comes to one charge or payment, however the answer got lost, with and without a webhook', async () => {
    const since = new Date();
    const kinds = ['deposit', 'withdrawal'] as const;
    const scenarios = [
      ...['answer.timeout_before', 'answer.timeout_after', 'answer.500_after', 'answer.wrong_amount'],
    ];
    const played = kinds.flatMap((kind) => [
      ...scenarios.map((scenario) => wish(kind, 'u', { scenario })),
      ...scenarios.map((scenario) => wish(kind, 'u', { scenario: `${scenario},webhook.drop`, webhooks: 0 })),
    ]);
    const faults: readonly Fault[] = ['cut before', 'cut after', 'half an answer', 'no JSON'];
    const cut = kinds.flatMap((kind) =>
      faults.flatMap((fault) =>
        [wish(kind, 'u'), wish(kind, 'u', { scenario: 'webhook.drop', webhooks: 0 })].map((each) => {
          proxy.faults.set(each.customer, fault);
          return each;
        }),
      ),
    );
    expect(await findings(await playAll('u', [...played, ...cut]), since)).toEqual([]);
    expect(proxy.faults.size).toBe(0);
  }, 180_000);

  it('of 50 calls under way when payments is killed is found out, each once', async () => {
    const since = new Date();
    await world.stack.service('payments', 2).stop();
    const wishes = Array.from({ length: IN_FLIGHT }, () => wish('deposit', 'k'));
    for (const { customer } of wishes) proxy.faults.set(customer, 'held');
    const played = await playAll('k', wishes);
    await until('the calls', () => Promise.resolve(proxy.held.size === IN_FLIGHT ? true : undefined));
    await world.stack.service('payments', 1).kill();
    proxy.release();
    await world.stack.service('payments', 1).start();
    expect(await findings(played, since)).toEqual([]);
    await world.stack.service('payments', 2).start();
  }, 180_000);

  it('stays one when a stopped worker comes back after another one took over', async () => {
    const since = new Date();
    const [zombie, heir] = [world.stack.service('payments', 1), world.stack.service('payments', 2)];
    await heir.stop();
    const wishes = (['deposit', 'withdrawal'] as const).map((kind) =>
      wish(kind, 'z', { scenario: 'webhook.drop', webhooks: 0 }),
    );
    for (const { customer } of wishes) proxy.faults.set(customer, 'held');
    const played = await playAll('z', wishes);
    await until('the calls', () => Promise.resolve(proxy.held.size === 2 ? true : undefined));
    process.kill(zombie.pid, 'SIGSTOP');
    try {
      await heir.start();
      expect(await findings(played, since)).toEqual([]);
      proxy.release();
    } finally {
      process.kill(zombie.pid, 'SIGCONT');
    }
    const late = await until('the late answers', () => observed(played, 'answer'));
    expect(late.every(({ is_news }) => !is_news)).toBe(true);
    expect(await findings(played, since)).toEqual([]);
  }, 180_000);

  it('that nobody can find out calls a person, is shown, and is resolved by asking once more', async () => {
    const since = new Date();
    const name = 'defter_payments_operations_alarmed_total';
    for (const replica of [1, 2]) {
      const service = world.stack.service('payments', replica);
      service.alter({ env: { LOOKUP_LADDER: '100ms,100ms' } });
      await service.restart();
    }
    proxy.deaf = true;
    const lost = wish('withdrawal', 'a', { scenario: 'webhook.drop', webhooks: 0 });
    proxy.faults.set(lost.customer, 'cut after');
    const played = await playAll('a', [lost]);
    const id = played[0]?.told.id ?? '';
    await until('the alarm', async () => ((await metric(name)) > 0 ? true : undefined));
    const shown = await world.stage.approver.payout(id);
    expect(shown.status).toBe('unknown');
    expect(shown.allowed_actions).toContainEqual(
      expect.objectContaining({ action: 'resolve', allowed: true }),
    );
    expect((await bookOf(world.stage)).filter(({ customer }) => customer === lost.customer)).toHaveLength(1);
    proxy.deaf = false;
    const { urls, tenant } = world.stage;
    const token = tenant.people[1]?.token ?? '';
    const request = { token, raw: '{}', headers: { 'idempotency-key': `resolve-${id}` } };
    expect((await send(`${urls.payments}/v1/payouts/${id}/resolve`, request)).status).toBe(200);
    expect(await findings(played, since)).toEqual([]);
  }, 180_000);
});

/** The observations of this source, once there is one of each payment. */
const observed = async (
  played: readonly Played[],
  source: string,
): Promise<{ is_news: boolean }[] | undefined> => {
  const sql = `select is_news from observation join operation using (tenant_id, operation_id)
    where source = $2 and owner_id = any($1)`;
  const owners = played.map(({ told }) => told.id);
  const rows = await world.rows<{ is_news: boolean }>('payments', sql, [owners, source]);
  return rows.length === played.length ? rows : undefined;
};
