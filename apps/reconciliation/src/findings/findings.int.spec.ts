import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FindingView } from '@defter/reconciliation-contracts';
import { faultyBook } from '../testing/faults.js';
import { Stand } from '../testing/stand.js';

let stand: Stand;
let keys = 0;
const key = (): string => `key-${++keys}`;

beforeAll(async () => {
  stand = await Stand.start();
  const book = faultyBook(11, 200);
  await stand.know(book.events(), book.ledger);
  stand.shelf.put('2026-01-31', book.text());
  await stand.reconcile();
});
afterAll(() => stand.stop());

const openOf = async (type: string): Promise<FindingView> => {
  const [finding] = await stand.findings(`&status=open&type=${type}`);
  if (finding === undefined) throw new Error(`no open ${type}`);
  return finding;
};
const resolve = (id: string, body: unknown, options: { as?: string; key?: string } = {}) =>
  stand.call('POST', `/findings/${id}/resolve`, { body, key: key(), ...options });

/** The state of everything that money or people's decisions depend on. */
const digest = async (): Promise<unknown> =>
  stand.database.database.query(`
    select md5(string_agg(row, ',' order by row)) as digest from (
      select finding::text as row from finding union all select finding_change::text from finding_change
      union all select match::text from match union all select run::text from run
      union all select operation::text from operation union all select report_line::text from report_line) everything`);

describe('reading', () => {
  it('gives the columns that were promised, and the sentence that says what to do', async () => {
    const finding = await openOf('amount_mismatch');
    const promised = [
      'id',
      'provider',
      'tenant_id',
      'player_id',
      'tx_id',
      'provider_event_id',
      'provider_ref',
    ];
    for (const name of [...promised, 'finding_type', 'severity', 'status', 'message', 'raw'])
      expect(finding).toHaveProperty(name);
    expect(finding).toMatchObject({ provider: 'mock-psp', tenant_id: 't_one', version: 1 });
    expect(finding.action_sentence.length).toBeGreaterThan(20);
    expect(finding.raw).toMatchObject({ operation: { operationId: finding.tx_id } });
    const { body } = await stand.call('GET', `/findings/${finding.id}`);
    expect(body).toMatchObject({
      id: finding.id,
      history: [{ version: 1, status: 'open', event: { type: 'FindingRaised' } }],
    });
  });

  it('filters, and pages without losing or repeating anything', async () => {
    const all = await stand.findings();
    const high = await stand.findings('&risk=HIGH');
    expect(high.map(({ id }) => id)).toEqual(
      all.filter(({ severity }) => severity === 'HIGH').map(({ id }) => id),
    );
    const paged: string[] = [];
    let next: unknown = '';
    for (let cursor = ''; next !== undefined; cursor = `&cursor=${String(next)}`) {
      const { body } = await stand.call('GET', `/findings?page_size=7${cursor}`);
      paged.push(...(body['data'] as FindingView[]).map(({ id }) => id));
      next = body['next'];
    }
    expect(paged).toEqual(all.map(({ id }) => id));
  });

  it('sums up', async () => {
    const { body } = await stand.call('GET', '/summary');
    const all = await stand.findings();
    const open = body['open'] as Record<string, number>;
    expect(Object.values(open).reduce((sum, count) => sum + count, 0)).toBe(all.length);
    expect(body).toMatchObject({
      known: { operations: 200 },
      connections: [{ connection_id: 'c_one', status: 'completed' }],
    });
  });

  it('shows runs', async () => {
    const { body } = await stand.call('GET', '/runs');
    const [run] = body['data'] as { id: string }[];
    expect((await stand.call('GET', `/runs/${run?.id}`)).body).toMatchObject({
      id: run?.id,
      status: 'completed',
      failure: null,
    });
  });

  it('is open to nobody else: another tenant sees nothing', async () => {
    const { id } = await openOf('fee_mismatch');
    const as = stand.tokens.two;
    expect((await stand.call('GET', '/findings', { as })).body['data']).toEqual([]);
    expect((await stand.call('GET', '/runs', { as })).body['data']).toEqual([]);
    expect((await stand.call('GET', `/findings/${id}`, { as })).status).toBe(404);
    expect((await resolve(id, { resolution: 'psp_dispute' }, { as })).status).toBe(404);
    const request = { provider: 'mock-psp', connection_id: 'c_one' };
    expect((await stand.call('POST', '/run', { as, body: request })).body).toMatchObject({
      status: 404,
      code: 'connection-unknown',
    });
  });
});

describe('resolving', () => {
  it('is done once, with its history, and repeats its answer', async () => {
    const { id } = await openOf('fee_mismatch');
    const once = { as: stand.tokens.ayse, key: key() };
    const first = await resolve(id, { resolution: 'config_fix', note: 'rate card 3' }, once);
    expect(first).toMatchObject({
      status: 200,
      body: { status: 'resolved', resolution: 'config_fix', closed_by: 'k_ayse@test' },
    });
    const again = await resolve(id, { resolution: 'config_fix', note: 'rate card 3' }, once);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-hit')).toBe('true');
    expect(await resolve(id, { resolution: 'psp_dispute' })).toMatchObject({
      status: 409,
      body: { code: 'finding-closed' },
    });
    const { body } = await stand.call('GET', `/findings/${id}`);
    expect((body['history'] as { status: string }[]).map(({ status }) => status)).toEqual([
      'open',
      'resolved',
    ]);
    // The difference is still there; a person has decided, so the next run leaves it closed.
    await stand.reconcile();
    expect((await stand.call('GET', `/findings/${id}`)).body).toMatchObject({
      status: 'resolved',
      version: 2,
    });
  });

  it('twenty at once close it once', async () => {
    const { id } = await openOf('duplicate_settlement_line');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => resolve(id, { resolution: 'duplicate_ignored' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([
      200,
      ...Array.from({ length: 19 }, () => 409),
    ]);
    expect((await stand.call('GET', `/findings/${id}`)).body).toMatchObject({ version: 2 });
  });

  it('never moves money alone', async () => {
    const { id } = await openOf('amount_mismatch');
    for (const resolution of ['post_adjustment', 'write_off']) {
      const { status, body } = await resolve(id, { resolution });
      expect([status, body['code'], body['resolution']]).toEqual([
        422,
        'resolution-needs-two-people',
        resolution,
      ]);
    }
    expect(await openOf('amount_mismatch')).toMatchObject({ version: 1 });
  });

  it('tells the world: one message per event of a finding', async () => {
    const [messages] = await stand.database.database.query<{ messages: number; events: number }>(`
      select (select count(*)::int from outbox where topic = 'defter.reconciliation.findings.v1') as messages,
             (select count(*)::int from finding_change) as events`);
    expect(messages?.messages).toBe(messages?.events);
    expect(messages?.messages).toBeGreaterThan(30);
  });
});

describe('bad input changes nothing', () => {
  const run = { provider: 'mock-psp', connection_id: 'c_one' };
  const cases: readonly [
    what: string,
    method: string,
    path: string,
    options: Parameters<Stand['call']>[2],
    status: number,
    code: string,
  ][] = [
    ['no key', 'GET', '/findings', { as: '' }, 401, 'unauthenticated'],
    ['an unknown key', 'GET', '/findings', { as: 'dk_x' }, 401, 'unauthenticated'],
    ['running without the scope', 'POST', '/run', { as: 'reader', body: run }, 403, 'scope-missing'],
    [
      'resolving without the scope',
      'POST',
      '/findings/fnd_1/resolve',
      { as: 'reader', body: {}, key: 'k' },
      403,
      'scope-missing',
    ],
    ['malformed JSON', 'POST', '/run', { raw: '{"provider":' }, 400, 'malformed'],
    [
      'a field twice',
      'POST',
      '/run',
      { raw: '{"provider":"mock-psp","provider":"mock-psp","connection_id":"c_one"}' },
      400,
      'malformed',
    ],
    ['an unknown field', 'POST', '/run', { body: { ...run, force: true } }, 400, 'malformed'],
    ['no provider', 'POST', '/run', { body: { connection_id: 'c_one' } }, 400, 'malformed'],
    ['a number for a text', 'POST', '/run', { body: { ...run, provider: 7 } }, 400, 'malformed'],
    [
      'a date that is none',
      'POST',
      '/run',
      { body: { ...run, business_on: '2026-02-30' } },
      400,
      'malformed',
    ],
    [
      'an instant without zone',
      'POST',
      '/run',
      { body: { ...run, as_of: '2026-02-01T10:00:00' } },
      400,
      'malformed',
    ],
    [
      'an unknown provider',
      'POST',
      '/run',
      { body: { ...run, provider: 'nobody' } },
      404,
      'provider-unknown',
    ],
    [
      'an unknown connection',
      'POST',
      '/run',
      { body: { ...run, connection_id: 'c_none' } },
      404,
      'connection-unknown',
    ],
    ['an unknown wait', 'POST', '/run?wait=perhaps', { body: run }, 400, 'malformed'],
    ['an unknown filter', 'GET', '/findings?state=open', {}, 400, 'malformed'],
    ['an unknown status', 'GET', '/findings?status=done', {}, 400, 'malformed'],
    ['an unknown type', 'GET', '/findings?type=toString', {}, 400, 'malformed'],
    ['a cursor of nowhere', 'GET', '/findings?cursor=abc', {}, 400, 'malformed'],
    ['a page of nothing', 'GET', '/findings?page_size=0', {}, 400, 'malformed'],
    ['an unknown finding', 'GET', '/findings/fnd_1', {}, 404, 'not-found'],
    ['NUL in an id', 'GET', '/findings/fnd_%00', {}, 404, 'not-found'],
    ['NUL in the id of a run', 'GET', '/runs/run_%00', {}, 404, 'not-found'],
    ['NUL in a filter', 'GET', '/findings?provider=%00', {}, 400, 'malformed'],
    [
      'NUL in the id to resolve',
      'POST',
      '/findings/%00/resolve',
      { body: { resolution: 'relink' }, key: 'c' },
      404,
      'finding-unknown',
    ],
    [
      'a note with NUL',
      'POST',
      '/findings/fnd_1/resolve',
      { raw: '{"resolution":"relink","note":"\\u0000"}', key: 'd' },
      400,
      'malformed',
    ],
    ['an unknown run', 'GET', '/runs/run_1', {}, 404, 'not-found'],
    [
      'resolving without Idempotency-Key',
      'POST',
      '/findings/fnd_1/resolve',
      { body: { resolution: 'psp_dispute' } },
      400,
      'malformed',
    ],
    [
      'resolving an unknown finding',
      'POST',
      '/findings/fnd_1/resolve',
      { body: { resolution: 'psp_dispute' }, key: 'a' },
      404,
      'finding-unknown',
    ],
    [
      'an unknown resolution',
      'POST',
      '/findings/fnd_1/resolve',
      { body: { resolution: 'forget' }, key: 'b' },
      400,
      'malformed',
    ],
    ['2 MB', 'POST', '/run', { raw: JSON.stringify({ ...run, provider: 'x'.repeat(2_000_000) }) }, 413, ''],
  ];
  for (const [what, method, path, options = {}, status, code] of cases) {
    it(what, async () => {
      const before = await digest();
      const as = options.as === 'reader' ? { as: stand.tokens.reader } : {};
      const answer = await stand.call(method, path, { ...options, ...as });
      expect([answer.status, answer.body['status']]).toEqual([status, status]);
      if (code !== '') expect(answer.body['code']).toBe(code);
      expect(await digest()).toEqual(before);
    });
  }

  it('a cursor of another list', async () => {
    const { body } = await stand.call('GET', '/findings?page_size=5');
    const answer = await stand.call('GET', `/findings?page_size=5&risk=HIGH&cursor=${String(body['next'])}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed' } });
  });

  it('health is public', async () => {
    const response = await fetch(`${stand.app.url}/api/health`);
    expect([response.status, await response.json()]).toEqual([200, { status: 'healthy' }]);
  });
});
