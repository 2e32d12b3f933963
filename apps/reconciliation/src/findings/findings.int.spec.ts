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
