import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { newId } from '@defter/kernel';
import { headersPlace, secretPlace } from '../endpoints/endpoint.js';
import { Sealing } from '../sealing.js';
import { newSecret } from '../signature.js';
import { DeliveryStand, TENANT } from '../testing/delivery-stand.js';
import { eventually } from '../testing/eventually.js';
import { answering, Receiver, silent } from '../testing/receiver.js';

jest.setTimeout(300_000);
/** Seconds on a machine of one's own. */
const long = { timeoutMs: 240_000 };

let stand: DeliveryStand;
let receiver: Receiver;
afterEach(async () => {
  await stand.stop();
  await receiver.stop();
});

async function start(env: Record<string, string> = {}): Promise<void> {
  [stand, receiver] = await Promise.all([DeliveryStand.start(['http', 'worker'], env), Receiver.start()]);
}

const states = async (): Promise<Record<string, number>> => {
  const rows = await stand.rows<{ state: string; count: number }>(
    'select state, count(*)::int as count from webhook_delivery group by state',
  );
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
};

/** Many endpoints at once, each with a secret and a path of its own. */
async function manyEndpoints(count: number, path: (index: number) => string): Promise<void> {
  const sealing = stand.app.get(Sealing);
  const ids = Array.from({ length: count }, () => newId('whe'));
  const { text } = newSecret('v1');
  await stand.rows(
    `insert into webhook_endpoint (tenant_id, id, url, description, event_types, header_names, headers_sealed,
       concurrency, status)
     values ($1, unnest($2::text[]), unnest($3::text[]), '', '{*}', '{}', unnest($4::text[]), 8, 'enabled')`,
    [
      ...[TENANT, ids, ids.map((_, index) => receiver.url + path(index))],
      ids.map((id) => sealing.seal(headersPlace(TENANT, id), '{}')),
    ],
  );
  await stand.rows(
    `insert into webhook_secret (tenant_id, endpoint_id, id, scheme, sealed)
     values ($1, unnest($2::text[]), 'whs_1', 'v1', unnest($3::text[]))`,
    [TENANT, ids, ids.map((id) => sealing.seal(secretPlace(TENANT, id, 'whs_1'), text))],
  );
}

describe('an endpoint that', () => {
  const limits = {
    ANSWER_TIMEOUT: '2m',
    DELIVERY_LEASE: '3m',
    BODY_TIMEOUT: '300ms',
    SLOW_AFTER: '200ms',
    RETRY_LADDER: '0ms,1h',
  };

  it('never answers, or answers 10 GB slowly, delays nobody, and little of it is kept', async () => {
    await start({ ...limits, DELIVERY_CONCURRENCY: '16', TROUBLED_CONCURRENCY: '16' });
    const piece = Buffer.alloc(65_536, 'x');
    let written = 0;
    receiver.paths.set('/silent', silent);
    receiver.paths.set('/huge', (response) => {
      response.writeHead(200, { 'content-length': `${10 * 2 ** 30}` });
      const timer = setInterval(() => response.write(piece, () => (written += piece.length)), 5);
      response.on('close', () => clearInterval(timer));
    });
    receiver.paths.set('/drip', (response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    for (const path of ['/silent', '/huge', '/drip']) await stand.endpoint(receiver.url + path);
    const good = await stand.endpoint(`${receiver.url}/good`);
    await stand.happen(30);
    await eventually(() => expect(receiver.at('/good').length).toBe(30));
    // All of the good ones came while the silent endpoint's first requests were still open.
    expect(receiver.open.get('/silent')).toBeGreaterThan(0);
    expect(receiver.seen.filter(({ path }) => path === '/silent').length).toBeLessThanOrEqual(8);
    const attempts = await eventually(async () => {
      const rows = await stand.rows<{ url: string; status: number; bytes: number; response_cut: boolean }>(
        `select url, status, octet_length(response_body) as bytes, response_cut from webhook_attempt
          where url like '%/huge' or url like '%/drip'`,
      );
      expect(rows.map(({ url }) => url.slice(-5)).sort()).toEqual(expect.arrayContaining(['/drip', '/huge']));
      return rows;
    });
    for (const { status, bytes, response_cut } of attempts) {
      expect([status, response_cut]).toEqual([200, true]);
      expect(bytes).toBeLessThanOrEqual(16_384);
    }
    expect(written).toBeLessThan(100 * 2 ** 20);
    expect(good.id).toMatch(/^whe_/);
  });

  it('fails is called once at a time until it is back', async () => {
    await start({ RETRY_LADDER: Array.from({ length: 30 }, () => '0ms').join(',') });
    let broken = true;
    const open: (() => void)[] = [];
    receiver.paths.set('/x', (response) => {
      if (broken) return void response.writeHead(500).end();
      open.push(() => void response.writeHead(200).end());
    });
    await stand.endpoint(`${receiver.url}/x`, { concurrency: 4 });
    await stand.happen(1);
    await eventually(() => expect(receiver.at('/x').length).toBeGreaterThan(3));
    await stand.happen(9);
    const before = receiver.at('/x').length;
    await eventually(() => expect(receiver.at('/x').length).toBeGreaterThan(before + 5));
    expect(receiver.mostOpen.get('/x')).toBe(1);
    broken = false;
    await eventually(() => expect(open.length).toBe(1));
    open.shift()?.();
    // One success, and it has all its places again: four are open, no fifth one.
    await eventually(() => expect(receiver.open.get('/x')).toBe(4));
    const answer = setInterval(() => open.shift()?.(), 5);
    await eventually(async () => expect(await states()).toEqual({ delivered: 10 }));
    clearInterval(answer);
    expect(receiver.mostOpen.get('/x')).toBe(4);
  });
});

it('a receiver that never answers is left when its time is up', async () => {
  await start({ ANSWER_TIMEOUT: '300ms', RETRY_LADDER: '0ms,1h' });
  receiver.behaviour = silent;
  await stand.endpoint(`${receiver.url}/x`);
  await stand.happen();
  await eventually(async () => {
    const [row] = await stand.rows<{ failure: string }>('select failure from webhook_attempt');
    expect(row?.failure).toBe('answer_timeout');
  });
});

it('a process that ends gives back what nobody answered, and that counts for nothing', async () => {
  await start({ RETRY_LADDER: '0ms,1h' });
  receiver.behaviour = silent;
  await stand.endpoint(`${receiver.url}/x`);
  await stand.happen();
  await eventually(() => expect(receiver.seen).toHaveLength(1));
  await stand.instances.pop()?.stop();
  expect(await stand.rows('select state, tries from webhook_delivery')).toEqual([
    { state: 'pending', tries: 0 },
  ]);
  expect(await stand.rows('select from webhook_attempt')).toEqual([]);
});

it('a worker that has lost its lease changes neither the delivery nor its endpoint', async () => {
  await start({ RETRY_LADDER: '0ms,1h' });
  const open: ServerResponse[] = [];
  receiver.behaviour = (response) => void open.push(response);
  const { id } = await stand.endpoint(`${receiver.url}/x`);
  await stand.happen();
  await eventually(() => expect(open).toHaveLength(1));
  // While the first request still hangs, its lease runs out and the delivery is sent again.
  await stand.rows(`update webhook_delivery set due_at = now()`);
  await eventually(() => expect(open).toHaveLength(2));
  open[0]?.writeHead(410).end();
  const metrics = async () => (await fetch(`${stand.app.managementUrl}/metrics`)).text();
  await eventually(async () => expect(await metrics()).toMatch(/attempts_total{outcome="late"[^\n]* 1\n/));
  expect(await stand.rows('select state, lease_number from webhook_delivery')).toEqual([
    { state: 'sending', lease_number: 2 },
  ]);
  expect((await stand.call('GET', `/v1/webhook_endpoints/${id}`)).body).toMatchObject({
    ...{ enabled: true, failing_since: null },
  });
  open[1]?.writeHead(200).end();
  await eventually(async () => expect(await states()).toEqual({ delivered: 1 }));
  expect(await stand.rows('select number, status from webhook_attempt order by number')).toEqual([
    { number: 1, status: 410 },
    { number: 2, status: 200 },
  ]);
});

it('the worker’s metrics are those of the README', async () => {
  await start();
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [section = ''] = readme.split('## Metrics')[1]?.split('\n## ') ?? [];
  const named = [...section.matchAll(/`(?:defter_webhooks)?(_[a-z_]+)/g)].map(([, name]) => name);
  const text = await (await fetch(`${stand.app.managementUrl}/metrics`)).text();
  const shown = [...text.matchAll(/^# TYPE defter_webhooks(_[a-z_]+)/gm)].map(([, name]) => name);
  expect(shown.sort()).toEqual(named.sort());
  expect(shown.length).toBeGreaterThan(5);
});

describe('two workers', () => {
  it('make each attempt once, and together no more calls than an endpoint allows', async () => {
    await start({ RETRY_LADDER: '0ms,20ms,20ms,20ms' });
    await stand.add(['worker']);
    const failed = new Set<string>();
    receiver.behaviour = (response, { path, headers }) => {
      const id = path + String(headers['webhook-id']);
      const first = !failed.has(id);
      failed.add(id);
      setTimeout(() => response.writeHead(first && path === '/a' ? 500 : 200).end(), 2);
    };
    for (const path of ['/a', '/b', '/c']) await stand.endpoint(receiver.url + path, { concurrency: 3 });
    await stand.happen(10);
    await eventually(async () => expect(await states()).toEqual({ delivered: 30 }), long);
    expect(receiver.seen).toHaveLength(10 * 2 + 20);
    for (const path of ['/a', '/b', '/c']) expect(receiver.mostOpen.get(path)).toBeLessThanOrEqual(3);
    const [twice] = await stand.rows<{ count: number }>(
      'select count(*)::int as count from webhook_attempt where number > 2',
    );
    expect(twice?.count).toBe(0);
  });
});

describe('a thousand endpoints of which ten are dead', () => {
  it('the others get everything while the dead ones still hang', async () => {
    const env = {
      DELIVERY_CONCURRENCY: '64',
      TROUBLED_CONCURRENCY: '16',
      ANSWER_TIMEOUT: '2m',
      DELIVERY_LEASE: '3m',
    };
    await start({ ...env, SLOW_AFTER: '100ms', RETRY_LADDER: '0ms,1h', POLL_INTERVAL: '50ms' });
    receiver.behaviour = answering(200);
    const isDead = (index: number) => index % 100 === 7;
    for (let index = 7; index < 1_000; index += 100) receiver.paths.set(`/e/${index}`, silent);
    await manyEndpoints(1_000, (index) => `/e/${index}`);
    await stand.happen(1);
    await eventually(async () => expect(await states()).toMatchObject({ delivered: 990 }), long);
    const dead = [...receiver.paths.keys()];
    expect(dead.every((path) => (receiver.open.get(path) ?? 0) > 0)).toBe(true);
    expect(dead.every((path) => isDead(Number.parseInt(path.slice(3), 10)))).toBe(true);
  });
});
