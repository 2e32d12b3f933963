import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PaymentProvider } from '@defter/payments-contracts';
import { PROVIDERS } from '../connections/providers.read.js';
import { digestOf, type Ingress, secrets, startIngress, tokens } from '../testing/ingress.js';
import { signed, testProvider } from '../testing/test-provider.js';

let ingress: Ingress;
beforeAll(async () => {
  ingress = await startIngress();
  for (let index = 0; index < 5; index++) await send(`listed_${index}`);
  await send('listed_0', 'other bytes');
  await post('not json');
});
afterAll(() => ingress.stop());

const post = async (body: string) => {
  expect((await ingress.post('test-psp/c_one', signed(body, secrets.old))).status).toBe(202);
};
const bodyOf = (id: string, note?: string, type = 'deposit_captured') =>
  JSON.stringify({ events: [{ id, type, operation: `op_${id}`, note }] });
const send = (id: string, note?: string) => post(bodyOf(id, note));
const query = <R extends object>(sql: string, ...parameters: unknown[]) =>
  ingress.database.database.query<R>(sql, parameters);
const requestOf = async (providerEventId: string): Promise<string> => {
  const sql = 'select request_id as id from webhook_event where provider_event_id = $1';
  return (await query<{ id: string }>(sql, providerEventId))[0]?.id ?? '';
};
/** The members of the answers that tests look at. */
interface Answer {
  readonly data: readonly { readonly id: string }[];
  readonly next?: string;
  readonly code?: string;
  readonly body_base64: string;
  readonly event_ids?: readonly string[];
  readonly replays?: readonly object[];
}
const bodyIn = async (answer: Response): Promise<Answer> => (await answer.json()) as Answer;
const json = async (path: string, token = tokens.reader) => bodyIn(await ingress.operate(path, token));
const replay = (id: string, headers: Record<string, string> = {}, token = tokens.replayer) =>
  ingress.operate(`/${id}/replay`, token, { method: 'POST', headers });
const published = (id: string) =>
  query<{ message_id: string; body: string }>(
    `select message_id, body from outbox where topic = 'defter.webhooks.events.v1' and key = $1 order by
      position`,
    `op_${id}`,
  );

describe('the list', () => {
  it('is newest first, page by page', async () => {
    const first = await json('?pageSize=3');
    const second = await json(`?pageSize=3&cursor=${first.next}`);
    const third = await json(`?pageSize=3&cursor=${second.next}`);
    const all = [...first.data, ...second.data, ...third.data];
    expect(all).toHaveLength(7);
    expect(all.map(({ id }) => id)).toEqual(
      all
        .map(({ id }) => id)
        .sort()
        .toReversed(),
    );
    expect(third.next).toBeUndefined();
  });

  it.each([
    ['status=conflict', 1],
    ['status=unparseable', 1],
    ['status=accepted', 5],
    ['status=unverified', 0],
    ['provider=test-psp', 7],
    ['provider=test-psp&status=conflict', 1],
    ['provider=other', 0],
    ['provider=other&status=conflict', 0],
  ])('filters by %s', async (filter, count) => {
    expect((await json(`?${filter}`)).data).toHaveLength(count);
  });

  it.each(['status=paid', 'cursor=abc', 'pageSize=0', 'colour=red'])('refuses %s', async (wrong) => {
    const answer = await ingress.operate(`?${wrong}`, tokens.reader);
    expect([answer.status, (await bodyIn(answer)).code]).toEqual([400, 'malformed']);
  });

  it('refuses a cursor of a list with another filter', async () => {
    const { next } = await json('?pageSize=1');
    expect((await ingress.operate(`?status=accepted&cursor=${next}`, tokens.reader)).status).toBe(400);
  });
});

describe('one webhook', () => {
  it('is shown with its exact bytes and its events', async () => {
    const id = await requestOf('listed_1');
    const shown = await json(`/${id}`);
    expect(Buffer.from(shown.body_base64, 'base64').toString()).toBe(bodyOf('listed_1'));
    expect(shown).toMatchObject({
      id,
      key_id: 'key_old',
      events: [{ provider_event_id: 'listed_1', conflict: false }],
    });
  });

  it('exists for its tenant only, and for keys with the scope', async () => {
    const id = await requestOf('listed_1');
    const status = async (path: string, token: string) => (await ingress.operate(path, token)).status;
    expect(await status(`/${id}`, tokens.stranger)).toBe(404);
    expect(await status('/whk_none', tokens.reader)).toBe(404);
    expect(await status(`/${id}`, tokens.scopeless)).toBe(403);
    expect(await status(`/${id}`, 'dk_unknown')).toBe(401);
    expect((await json('', tokens.stranger)).data).toEqual([]);
  });
});

describe('a replay', () => {
  it('publishes the same event in a new message', async () => {
    const answer = await replay(await requestOf('listed_2'));
    const [first, second, ...more] = await published('listed_2');
    expect([answer.status, (await bodyIn(answer)).event_ids]).toEqual([202, [first?.message_id]]);
    expect(second?.message_id).not.toBe(first?.message_id);
    expect(JSON.parse(second?.body ?? '')).toEqual(JSON.parse(first?.body ?? ''));
    expect(more).toEqual([]);
    expect((await json(`/${await requestOf('listed_2')}`)).replays).toMatchObject([
      { actor: tokens.replayer, published: 1 },
    ]);
  });

  it('happens once per idempotency key', async () => {
    const [id, headers] = [await requestOf('listed_3'), { 'idempotency-key': randomUUID() }];
    const [first, again] = [await replay(id, headers), await replay(id, headers)];
    expect([first.status, again.status, again.headers.get('idempotency-hit')]).toEqual([202, 202, 'true']);
    expect(await again.text()).toBe(await first.text());
    expect(await published('listed_3')).toHaveLength(2);
  });

  it('of bytes that could not be read publishes them once the adapter is mended', async () => {
    await post(bodyOf('mended', undefined, 'adapter_bug'));
    const [row] = await query<{ id: string }>(`select id from webhook_request order by id desc limit 1`);
    const id = row?.id ?? '';
    expect((await bodyIn(await replay(id))).code).toBe('webhook-still-unreadable');
    await mended(async () => {
      expect((await replay(id)).status).toBe(202);
      const [first] = await published('mended');
      expect(JSON.parse(first?.body ?? '')).toMatchObject({ requestId: id, providerType: 'mended' });
      expect((await replay(id)).status).toBe(202);
      expect(await published('mended')).toHaveLength(2);
    });
  });

  it('of a batch that a mended adapter reads otherwise is no conflict', async () => {
    await post(
      JSON.stringify({ events: [1, 2].map((n) => ({ id: `b${n}`, type: 'x', operation: `op_b${n}` })) }),
    );
    const id = await requestOf('b1');
    await mended(async () => expect((await bodyIn(await replay(id))).event_ids).toHaveLength(2));
    expect(await query(`select from webhook_conflict where provider_event_id = 'b1'`)).toEqual([]);
  });

  it('of a conflict is refused and writes nothing', async () => {
    const [conflict] = (await json('?status=conflict')).data;
    const before = await digestOf(ingress.database);
    const answer = await replay(conflict?.id ?? '');
    expect([answer.status, (await bodyIn(answer)).code]).toEqual([409, 'nothing-to-replay']);
    expect(await digestOf(ingress.database)).toBe(before);
  });

  it("needs its own scope, a key, and the tenant's own webhook", async () => {
    const id = await requestOf('listed_4');
    const before = await digestOf(ingress.database);
    expect((await replay(id, {}, tokens.reader)).status).toBe(403);
    expect((await replay(id, {}, tokens.stranger)).status).toBe(404);
    expect((await replay(id, { 'idempotency-key': '' })).status).toBe(400);
    expect(await digestOf(ingress.database)).toBe(before);
  });
});

/** Runs with an adapter that reads what the test provider stumbles over, and calls every type `mended`. */
async function mended(work: () => Promise<void>): Promise<void> {
  const providers = ingress.instances[0]?.get<Map<string, PaymentProvider>>(PROVIDERS);
  const normalize: PaymentProvider['webhook']['normalize'] = (request) => {
    const body = Buffer.from(request.body).toString().replaceAll('adapter_bug', 'mended');
    const events = testProvider.webhook.normalize({ ...request, body: Buffer.from(body) });
    return events.map((event) => ({ ...event, providerType: 'mended' }));
  };
  providers?.set('test-psp', { ...testProvider, webhook: { ...testProvider.webhook, normalize } });
  try {
    await work();
  } finally {
    providers?.set('test-psp', testProvider);
  }
}
