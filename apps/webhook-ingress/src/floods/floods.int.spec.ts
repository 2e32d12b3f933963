import { Agent } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { manualClock } from '@defter/kernel';
import { eventually } from '@defter/testing';
import { converse, postFrom } from '../testing/raw-http.js';
import { type Ingress, type IngressOptions, secrets, startIngress } from '../testing/ingress.js';
import { signed, type TestRequest } from '../testing/test-provider.js';

let ingress: Ingress;
let agent: Agent;
beforeEach(() => {
  agent = new Agent({ keepAlive: true, maxSockets: 32 });
});
afterEach(async () => {
  agent.destroy();
  await ingress.stop();
});

const tight = { REFUSALS_PER_ADDRESS: '2', REFUSALS_PER_CONNECTION: '5', LIMITED_PER_SECOND: '200' };
const start = async (options: IngressOptions = {}) => {
  // The time stands still, so that no bucket fills while a slow machine is at it.
  const clock = manualClock(new Date());
  ingress = await startIngress({ clock, ...options, env: { ...tight, ...options.env } });
};
const bodyOf = (id: string) =>
  JSON.stringify({ events: [{ id, type: 'deposit_captured', operation: `op_${id}` }] });
const good = (id: string, secret = secrets.old) => signed(bodyOf(id), secret);
const unsigned = (id = 'x'): TestRequest => ({ body: Buffer.from(bodyOf(id)), headers: {} });
const forged = (id = 'x') => good(id, 'whsec_wrong');
const urlOf = (path: string, instance = 0) =>
  `${ingress.instances[instance]?.url}/api/v1/payments/webhook/${path}`;
const from = (address: string, request: TestRequest, path = 'test-psp/c_one', instance = 0) =>
  postFrom(address, urlOf(path, instance), request, agent);
const many = (count: number, send: (index: number) => ReturnType<typeof from>) =>
  Promise.all(Array.from({ length: count }, (_, index) => send(index)));
const tallied = (answers: readonly { readonly status: number }[]) => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};
const query = <R extends object>(sql: string) => ingress.database.database.query<R>(sql);
const limited = async (outcome: string): Promise<number> => {
  const metrics = await (await fetch(`${ingress.instances[0]?.managementUrl}/metrics`)).text();
  const line = new RegExp(`defter_webhooks_limited_total\\{[^}]*outcome="${outcome}"[^}]*\\} (\\d+)`);
  return Number.parseInt(line.exec(metrics)?.[1] ?? '0', 10);
};

describe('an address that floods', () => {
  it('hears 401, then 429 with Retry-After; signed requests from everywhere get through', async () => {
    await start();
    const flood = await many(60, (index) => from('127.0.0.2', index % 2 === 0 ? unsigned() : forged()));
    const { 401: refused = 0, 429: turnedAway = 0 } = tallied(flood);
    expect([refused >= 20, refused + turnedAway]).toEqual([true, 60]);
    expect(turnedAway).toBeGreaterThan(0);
    const told = flood.find(({ status }) => status === 429);
    expect(told?.headers['retry-after']).toBe('5');
    expect(JSON.parse(told?.body ?? '')).toMatchObject({ code: 'too-many-unsigned', status: 429 });

    const before = await limited('delayed');
    const elsewhere = await many(20, (index) => from('127.0.0.3', good(`elsewhere_${index}`)));
    expect(tallied(elsewhere)).toEqual({ 202: 20 });
    // The first one from there is no stranger's any more once it is verified.
    expect((await limited('delayed')) - before).toBeLessThanOrEqual(20);
    const mixed = await many(120, (index) =>
      from('127.0.0.2', index % 3 === 0 ? good(`mixed_${index}`) : unsigned()),
    );
    expect(tallied(mixed)[202]).toBe(40);
    expect(await limited('turned_away')).toBe(0);
    expect(await query('select from webhook_event')).toHaveLength(60);
  });

  it('is known by what our proxy says, not by what it writes itself', async () => {
    await start({ env: { TRUSTED_PROXY_HOPS: '1', REFUSALS_PER_CONNECTION: '10000' } });
    const through = (client: string, request: TestRequest) =>
      from('127.0.0.1', { ...request, headers: { ...request.headers, 'x-forwarded-for': client } });
    const flood = await many(60, (index) => through(`10.9.9.${index}, 203.0.113.7`, unsigned()));
    expect(tallied(flood)[429]).toBeGreaterThan(0);
    const before = await limited('delayed');
    expect((await through('203.0.113.8', good('other_client'))).status).toBe(202);
    expect(await limited('delayed')).toBe(before);
  });
});

it('a flood from many addresses: who sent something valid to the connection does not wait', async () => {
  await start();
  expect((await from('127.0.1.1', good('known'))).status).toBe(202);
  const flood = await many(120, (index) => from(`127.0.0.${2 + index}`, forged()));
  expect(tallied(flood)[429]).toBeGreaterThan(0);
  const before = await limited('delayed');
  expect(tallied(await many(10, (index) => from('127.0.1.1', good(`still_${index}`))))).toEqual({ 202: 10 });
  expect(await limited('delayed')).toBe(before);
  // Another connection is nobody's business; a new address of the provider waits, and gets through.
  expect((await from('127.0.1.2', good('two', secrets.other), 'test-psp/c_two')).status).toBe(202);
  expect(await limited('delayed')).toBe(before);
  expect((await from('127.0.1.2', good('new address'))).status).toBe(202);
  expect(await limited('delayed')).toBe(before + 1);
});

it('a flood costs a bounded number of rows for all replicas, and is counted exactly', async () => {
  await start({
    instances: [['http'], ['http']],
    env: { REFUSALS_PER_ADDRESS: '10000', REFUSALS_PER_CONNECTION: '10000' },
  });
  const flood = await many(200, (index) =>
    from(
      `127.0.0.${2 + (index % 50)}`,
      index % 4 === 0 ? unsigned() : forged(`${index}`),
      'test-psp/c_one',
      index % 2,
    ),
  );
  expect(tallied(flood)).toEqual({ 401: 200 });
  await eventually(async () => {
    const counts = await query(
      `select reason, sum(refused)::int as refused from webhook_refusal group by reason order by reason`,
    );
    expect(counts).toEqual([
      { reason: 'signature_mismatch', refused: 150 },
      { reason: 'signature_missing', refused: 50 },
    ]);
  });
  const samples = await query<{ hours: number; rows: number }>(
    `select count(distinct hour_at)::int as hours, count(*)::int as rows from webhook_refusal_sample`,
  );
  expect(samples[0]?.rows).toBeLessThanOrEqual(20 * (samples[0]?.hours ?? 0));
  expect(samples[0]?.rows).toBeGreaterThan(0);
  for (const table of ['webhook_request', 'webhook_event', 'outbox']) {
    expect(await query(`select from ${table}`)).toEqual([]);
  }
});

it('without enforcement an unverified flood is stored up to its limit only', async () => {
  await start();
  const flood = await many(80, (index) => from('127.0.0.2', unsigned(`lax_${index}`), 'test-psp/c_lax'));
  const { 202: stored = 0, 429: turnedAway = 0 } = tallied(flood);
  expect([stored >= 20, stored + turnedAway]).toEqual([true, 80]);
  expect(turnedAway).toBeGreaterThan(0);
  expect(await query('select from webhook_request')).toHaveLength(stored);
  expect((await from('127.0.0.2', good('lax_real', secrets.lax), 'test-psp/c_lax')).status).toBe(202);
});

describe('before the body is read', () => {
  const head = (...lines: string[]) =>
    ['POST /api/v1/payments/webhook/test-psp/c_one HTTP/1.1', 'Host: x', ...lines, '', ''].join('\r\n');

  it('2 MB are refused, and so is what has no signature', async () => {
    await start();
    const signature = 'webhook-signature: v1,AAAA';
    const large = await converse(urlOf(''), [head('Content-Length: 2097152', signature)]);
    expect(large).toContain('HTTP/1.1 413');
    expect(large.toLowerCase()).toContain('connection: close');
    expect(await converse(urlOf(''), [head('Content-Length: 1000000')])).toContain('HTTP/1.1 401');
    expect(await converse(urlOf(''), [head('Transfer-Encoding: chunked')])).toContain('HTTP/1.1 401');
  });

  it('a body that does not come is waited for until its time is over', async () => {
    await start({ env: { BODY_TIMEOUT: '200ms' } });
    const slow = [head('Content-Length: 100', 'webhook-signature: v1,AAAA'), '{"ev'];
    const answers = await Promise.all(Array.from({ length: 20 }, () => converse(urlOf(''), slow)));
    for (const answer of answers) expect(answer).toContain('HTTP/1.1 408');
    const metrics = await (await fetch(`${ingress.instances[0]?.managementUrl}/metrics`)).text();
    expect(metrics).toMatch(/defter_webhooks_slow_total\{[^}]*\} 20\n/);
    expect(metrics).toMatch(/defter_webhooks_unfinished_requests\{[^}]*\} 0\n/);
    expect((await from('127.0.0.1', good('after'))).status).toBe(202);
  });
});
