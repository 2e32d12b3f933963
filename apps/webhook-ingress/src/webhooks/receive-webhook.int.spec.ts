import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { digestOf, type Ingress, secrets, startIngress } from '../testing/ingress.js';
import { signed, type TestEvent } from '../testing/test-provider.js';

let ingress: Ingress;
beforeAll(async () => {
  ingress = await startIngress();
});
afterAll(() => ingress.stop());

const query = <R extends object>(sql: string, ...parameters: unknown[]) =>
  ingress.database.database.query<R>(sql, parameters);
const bodyOf = (...events: TestEvent[]): string => JSON.stringify({ connection: 'c_one', events });
const deposit = (id: string, amount = '1000'): TestEvent => ({
  ...{ id, type: 'deposit_captured', operation: `op_${id}`, amount },
});
const outboxOf = (topic: string, key: string) =>
  query<{ message_id: string; body: string; type: string }>(
    'select message_id, body, type from outbox where topic = $1 and key = $2 order by position',
    ...[`defter.webhooks.${topic}.v1`, key],
  );

describe('a signed webhook', () => {
  it('is stored byte for byte, published, and acknowledged in the words of its provider', async () => {
    const request = signed(bodyOf(deposit('first')), secrets.new);
    const answer = await ingress.post('test-psp/c_one', request);
    expect([answer.status, await answer.text()]).toEqual([202, 'OK']);
    expect(answer.headers.get('content-type')).toContain('text/plain');

    const [stored] = await query<{ id: string; body: Buffer; body_sha256: Buffer; headers: object }>(
      `select id, body, body_sha256, headers, key_id, status from webhook_request where key_id = 'key_new'`,
    );
    expect(stored?.body.equals(request.body)).toBe(true);
    expect(stored).toMatchObject({ key_id: 'key_new', status: 'accepted' });
    expect(Object.keys(stored?.headers ?? {})).toEqual(
      expect.arrayContaining(['webhook-id', 'webhook-signature', 'content-type']),
    );

    const [message, ...more] = await outboxOf('events', 'op_first');
    expect(more).toEqual([]);
    expect(JSON.parse(message?.body ?? '')).toMatchObject({
      ...{ eventId: message?.message_id, requestId: stored?.id, provider: 'test-psp', connectionId: 'c_one' },
      ...{ verified: true, facts: { operationId: 'op_first', amountMinor: '1000', currency: 'TRY' } },
    });
  });

  it('finds its connection by what it says when the path does not', async () => {
    const answer = await ingress.post('test-psp', signed(bodyOf(deposit('hinted')), secrets.old));
    expect(answer.status).toBe(202);
    expect(await outboxOf('events', 'op_hinted')).toHaveLength(1);
  });

  it('has one effect however often it comes', async () => {
    const request = signed(bodyOf(deposit('repeated')), secrets.old);
    await ingress.post('test-psp/c_one', request);
    const before = await digestOf(ingress.database);
    expect((await ingress.post('test-psp/c_one', request)).status).toBe(202);
    expect(await digestOf(ingress.database)).toBe(before);
  });

  it('keeps amounts above 2^53 exact', async () => {
    await ingress.post(
      'test-psp/c_one',
      signed(bodyOf(deposit('huge', '90071992547409931234567')), secrets.old),
    );
    const [message] = await outboxOf('events', 'op_huge');
    expect(JSON.parse(message?.body ?? '').facts.amountMinor).toBe('90071992547409931234567');
  });

  it('may carry no event at all', async () => {
    expect((await ingress.post('test-psp/c_one', signed(bodyOf(), secrets.old))).status).toBe(202);
    expect((await ingress.post('test-psp/c_one', signed(bodyOf(), secrets.old))).status).toBe(202);
    expect(
      await query(`select from webhook_request where event_count = 0 and status = 'accepted'`),
    ).toHaveLength(1);
  });
});

describe('a batch', () => {
  it('becomes one event each; an event repeated in another batch is a repetition', async () => {
    const [a, b] = [deposit('batch_a'), deposit('batch_b')];
    await ingress.post('test-psp/c_one', signed(bodyOf(a, b), secrets.old));
    const before = await digestOf(ingress.database);
    expect((await ingress.post('test-psp/c_one', signed(bodyOf(b), secrets.old))).status).toBe(202);
    expect((await ingress.post('test-psp/c_one', signed(bodyOf(b, a, b), secrets.old))).status).toBe(202);
    expect(await digestOf(ingress.database)).toBe(before);
  });

  it('stores what is new beside what is known', async () => {
    await ingress.post('test-psp/c_one', signed(bodyOf(deposit('known')), secrets.old));
    await ingress.post('test-psp/c_one', signed(bodyOf(deposit('known'), deposit('new')), secrets.old));
    expect(await outboxOf('events', 'op_known')).toHaveLength(1);
    expect(await outboxOf('events', 'op_new')).toHaveLength(1);
  });

  it('with one key twice and two contents is one event and one conflict', async () => {
    const request = signed(bodyOf(deposit('twice', '1'), deposit('twice', '2')), secrets.old);
    expect((await ingress.post('test-psp/c_one', request)).status).toBe(202);
    expect(await outboxOf('events', 'op_twice')).toHaveLength(1);
    expect(await outboxOf('anomalies', 'twice')).toHaveLength(1);
  });
});

describe('the same key with other bytes', () => {
  it('is kept once, flagged once, acknowledged, and moves no money', async () => {
    await ingress.post('test-psp/c_one', signed(bodyOf(deposit('edited', '1000')), secrets.old));
    const other = signed(bodyOf(deposit('edited', '9000')), secrets.old);
    for (let time = 0; time < 3; time++)
      expect((await ingress.post('test-psp/c_one', other)).status).toBe(202);

    expect(await outboxOf('events', 'op_edited')).toHaveLength(1);
    const anomalies = await outboxOf('anomalies', 'edited');
    expect(anomalies.map(({ body }) => JSON.parse(body))).toMatchObject([{ kind: 'conflicting_event' }]);
    const kept = await query<{ body: Buffer }>(
      `select request.body from webhook_conflict conflict join webhook_request request
         on request.tenant_id = conflict.tenant_id and request.id = conflict.request_id
       where conflict.unique_key = 'event:edited'`,
    );
    expect(kept.map(({ body }) => body.equals(other.body))).toEqual([true]);
  });
});

describe('verified bytes that nobody can read', () => {
  it.each([
    ['not JSON', Buffer.from('no json')],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d])],
    ['empty', Buffer.alloc(0)],
    ['an adapter bug', Buffer.from(bodyOf({ id: 'x', type: 'adapter_bug' }))],
    ['a NUL in a key', Buffer.from(bodyOf({ id: 'a\0b', type: 't' }))],
    ['an event id of 2,000 letters', Buffer.from(bodyOf({ id: 'x'.repeat(2_000), type: 't' }))],
    ['a negative amount', Buffer.from(bodyOf(deposit('negative', '-5')))],
  ])('(%s) are kept once, flagged once and acknowledged', async (_, bytes) => {
    const request = signed(bytes, secrets.old);
    for (let time = 0; time < 2; time++)
      expect((await ingress.post('test-psp/c_one', request)).status).toBe(202);
    const kept = await query<{ id: string }>(
      `select id from webhook_request where status = 'unparseable' and body = $1`,
      bytes,
    );
    expect(kept).toHaveLength(1);
    const [anomaly, ...more] = await outboxOf('anomalies', kept[0]?.id ?? '');
    expect(JSON.parse(anomaly?.body ?? '')).toMatchObject({ kind: 'unparseable', requestId: kept[0]?.id });
    expect(more).toEqual([]);
  });

  it('do not include a half emoji in an untrusted field', async () => {
    const body = bodyOf({ ...deposit('emoji'), note: 'half \ud83d and \0' });
    expect((await ingress.post('test-psp/c_one', signed(body, secrets.old))).status).toBe(202);
    const [message] = await outboxOf('events', 'op_emoji');
    expect(JSON.parse(message?.body ?? '').untrusted).toEqual({ note: 'half  and ' });
  });
});

describe('without enforcement', () => {
  it('an unverified event is published as such, and never takes the place of the real one', async () => {
    const forged = {
      body: Buffer.from(bodyOf(deposit('forged', '9999'))),
      headers: { 'content-type': 'text/plain' },
    };
    const real = signed(bodyOf(deposit('forged')), secrets.lax);
    for (const request of [forged, real, forged, real]) {
      expect((await ingress.post('test-psp/c_lax', request)).status).toBe(202);
    }
    const messages = (await outboxOf('events', 'op_forged')).map(({ body }) => JSON.parse(body));
    expect(messages).toMatchObject([
      { verified: false, facts: { amountMinor: '9999' } },
      { verified: true, facts: { amountMinor: '1000' } },
    ]);
    expect((await outboxOf('anomalies', 'forged')).map(({ body }) => JSON.parse(body))).toMatchObject([
      { kind: 'unverified', detail: 'signature_missing' },
    ]);
  });
});

describe('a refused request leaves every table as it was', () => {
  let before: string;
  beforeAll(async () => {
    before = await digestOf(ingress.database);
  });
  afterEach(async () => expect(await digestOf(ingress.database)).toBe(before));

  const good = () => signed(bodyOf(deposit('refused')), secrets.old);
  const cases: [string, number, string, string, () => ReturnType<typeof good>][] = [
    ['no signature', 401, 'webhook-signature-invalid', 'test-psp/c_one', () => ({ ...good(), headers: {} })],
    [
      'tampered bytes',
      401,
      'webhook-signature-invalid',
      'test-psp/c_one',
      () => ({ ...good(), body: Buffer.from('{}') }),
    ],
    ["another tenant's key", 401, 'webhook-signature-invalid', 'test-psp/c_two', good],
    [
      ...(['an old timestamp', 401, 'webhook-signature-invalid', 'test-psp/c_one'] as const),
      () => signed(bodyOf(deposit('old')), secrets.old, new Date(Date.now() - 301_000)),
    ],
    [
      ...(['a future timestamp', 401, 'webhook-signature-invalid', 'test-psp/c_one'] as const),
      () => signed(bodyOf(deposit('early')), secrets.old, new Date(Date.now() + 302_000)),
    ],
    [
      ...(['a signature of another length', 401, 'webhook-signature-invalid', 'test-psp/c_one'] as const),
      () => ({ ...good(), headers: { ...good().headers, 'webhook-signature': 'v1,AAAA' } }),
    ],
    ['an unknown provider', 404, 'unknown-provider', 'no-psp/c_one', good],
    ['an unknown connection', 404, 'unknown-connection', 'test-psp/c_none', good],
    ["another provider's connection", 404, 'unknown-connection', 'other-psp/c_one', good],
    ['no connection said', 404, 'unknown-connection', 'test-psp', () => signed('[]', secrets.old)],
    ['no connection readable', 404, 'unknown-connection', 'test-psp', () => signed('junk', secrets.old)],
    ['2 MB', 413, 'too-large', 'test-psp/c_one', () => signed(Buffer.alloc(2_097_152), secrets.old)],
  ];
  it.each(cases)('%s → %i %s', async (...[, status, code, path, request]) => {
    const answer = await ingress.post(path, request());
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ status, code });
  });
});

it('says that it is healthy', async () => {
  const answer = await fetch(`${ingress.instances[0]?.url}/api/health`);
  expect([answer.status, await answer.json()]).toEqual([200, { status: 'healthy' }]);
});

it('counts by connection, key and outcome', async () => {
  const metrics = await (await fetch(`${ingress.instances[0]?.managementUrl}/metrics`)).text();
  expect(metrics).toMatch(/defter_webhooks_key_use_total\{[^}]*connection="c_one",key="key_new"[^}]*\} 1\n/);
  expect(metrics).toMatch(
    /defter_webhooks_refused_total\{[^}]*reason="timestamp_out_of_tolerance"[^}]*\} 2\n/,
  );
  expect(metrics).toMatch(/defter_webhooks_events_total\{[^}]*outcome="conflict"[^}]*\} 4\n/);
});
