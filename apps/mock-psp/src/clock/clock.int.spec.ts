import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mockPsp } from '@defter/provider-mock-psp';
import { eventually } from '@defter/testing';
import { type MockServer, operation, startMockServer } from '../testing/mock-server.js';

const at = '2026-01-05T08:00:00.000Z';
const hour = 3_600_000;
const day = 24 * hour;

let mock: MockServer;
beforeEach(async () => {
  mock = await startMockServer();
  await mock.rehearse('clock/stand', { at });
});
afterEach(() => mock.stop());

const run = async (scenario: string, over: Parameters<typeof operation>[0] = {}) => {
  const asked = operation({ scenario, ...over });
  const answer = await mockPsp.execute(asked, mock.call());
  return { operationId: asked.operationId, answer };
};
const advance = (ms: number) => mock.rehearse('clock/advance', { ms });
const types = (operationId: string) => mock.receiver.of(operationId).map(({ json }) => json.type);
const signedAt = (operationId: string) =>
  mock.receiver
    .of(operationId)
    .map(({ request }) => /t=(\d+)/.exec(request.headers['mock-signature'] ?? '')?.[1])
    .map((t) => Number.parseInt(t ?? '', 10) * 1_000 - Date.parse(at));

describe('the virtual clock', () => {
  it('stands still: nothing happens until it is moved, then everything on the way', async () => {
    const { operationId } = await run('approve');
    expect(await mockPsp.lookup(operationId, mock.call())).toMatchObject({ result: 'pending' });
    expect(types(operationId)).toEqual([]);
    expect(await advance(9)).toEqual({ mode: 'virtual', now: '2026-01-05T08:00:00.009Z' });
    expect(types(operationId)).toEqual([]);
    await advance(50);
    expect(types(operationId)).toEqual(['deposit_captured']);
    expect(await mockPsp.lookup(operationId, mock.call())).toMatchObject({ result: 'succeeded' });
  });

  it('walks through 30 days of retries in one call, each at its time', async () => {
    mock.receiver.answerWith(503);
    const { operationId } = await run('instant');
    expect(await advance(30 * day)).toMatchObject({ now: '2026-02-04T08:00:00.000Z' });
    const ages = signedAt(operationId);
    expect(ages.length).toBeGreaterThan(800);
    expect(ages.slice(0, 3)).toEqual([0, 0, 0]);
    expect(ages.at(-1) ?? 0).toBeGreaterThan(30 * day - hour - 1);
    expect(ages).toEqual([...ages].sort((left, right) => left - right));
    // Given up: nothing more comes, however long one waits.
    await advance(3 * day);
    expect(signedAt(operationId)).toHaveLength(ages.length);
  });

  it('the dialects keep to their ladders', async () => {
    mock.receiver.answerWith(200, 'no');
    for (const provider of ['stripe', 'iyzico', 'paytr'])
      await mockPsp.execute(operation({ scenario: 'instant' }), mock.call(`c_${provider}`));
    await advance(4 * day);
    // Stripe and iyzico are content with any 2xx, PayTR with OK alone.
    const counts = ['c_stripe', 'c_iyzico', 'c_paytr'].map((id) => mock.receiver.at(id).length);
    expect(counts).toEqual([1, 1, 84]);
    mock.receiver.answerWith(500);
    await mockPsp.execute(operation({ scenario: 'instant' }), mock.call('c_iyzico'));
    await advance(day);
    expect(mock.receiver.at('c_iyzico')).toHaveLength(1 + 4);
  });

  it('goes on where it stood after a restart, and with what was not acknowledged', async () => {
    mock.receiver.answerWith(503);
    const { operationId } = await run('instant');
    await advance(2 * day);
    mock.receiver.answerWith(200);
    await mock.restart();
    const read = await mock.get('/_test/clock');
    expect(await read.json()).toEqual({ mode: 'virtual', now: '2026-01-07T08:00:00.000Z' });
    await eventually(() => expect(signedAt(operationId).at(-1)).toBe(2 * day));
  });

  it('two servers with one seed and one clock do the same to the byte', async () => {
    const bodies = async (server: MockServer) => {
      await server.rehearse('clock/stand', { at });
      for (const [n, scenario] of ['approve', 'webhook=duplicate:2+reorder', 'payout=returned'].entries()) {
        const kind = scenario.startsWith('payout') ? 'payout' : 'sale';
        await mockPsp.execute({ ...operation({ scenario, kind }), operationId: `op_${n}` }, server.call());
      }
      await server.rehearse('clock/advance', { ms: day });
      const sent = server.receiver.all.map(
        ({ request }) => `${request.headers['mock-signature']} ${Buffer.from(request.body).toString()}`,
      );
      const file = await (await server.get('/v1/settlements/2026-01-05.csv')).text();
      return [...sent, file];
    };
    const [one, two] = [await startMockServer(), await startMockServer()];
    const [first, second] = [await bodies(one), await bodies(two)];
    await Promise.all([one.stop(), two.stop()]);
    expect(first).toHaveLength(1 + 3 + 2 + 1);
    expect(second).toEqual(first);
  });

  it('a delayed answer comes when the clock says so', async () => {
    let heard = false;
    const call = run('answer=delay:60000').finally(() => (heard = true));
    await eventually(async () => {
      const book = (await (await mock.get('/_test/book')).json()) as { data: unknown[] };
      expect(book.data).toHaveLength(1);
    });
    await advance(59_999);
    expect(heard).toBe(false);
    await advance(1);
    expect((await call).answer).toMatchObject({ result: 'pending' });
  });

  it('never goes back once there are operations, and only moves while it is virtual', async () => {
    const status = async (path: string, body: object) => {
      const response = await mock.post(`/_test/clock/${path}`, body);
      return [response.status, ((await response.json()) as { code?: string }).code];
    };
    expect(await status('stand', { at: '2026-01-05T07:00:00Z' })).toEqual([200, undefined]);
    await run('instant');
    expect(await status('stand', { at: '2026-01-05T06:59:59Z' })).toEqual([409, 'clock-goes-back']);
    expect(await status('stand', { at: 'tomorrow' })).toEqual([400, 'malformed']);
    expect(await status('stand', { at: '2026-02-31T00:00:00Z' })).toEqual([400, 'malformed']);
    for (const ms of [-1, 1.5, 32 * day, '1'])
      expect(await status('advance', { ms })).toEqual([400, 'malformed']);
    expect(await status('release', {})).toEqual([200, undefined]);
    expect(await status('advance', { ms: 1 })).toEqual([409, 'clock-is-real']);
  });

  it('is the only clock: no code of this service asks for the time in another way', () => {
    const root = new URL('..', import.meta.url);
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !name.endsWith('spec.ts') && !name.startsWith('testing'),
    );
    const asking = files.filter((name) =>
      /Date\.now|new Date\(\)|performance\.now|process\.hrtime|systemClock/.test(
        readFileSync(new URL(name, root), 'utf8'),
      ),
    );
    expect([files.length > 50, asking]).toEqual([true, []]);
    const machine = files.filter((name) => readFileSync(new URL(name, root), 'utf8').includes('CLOCK'));
    expect(machine.sort()).toEqual(['book-clock.ts', 'clock/clock.controller.ts']);
  });
});
