import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Value } from '@sinclair/typebox/value';
import { LedgerEventV1 as LedgerEventSchema, type LedgerEventV1 } from '@defter/ledger-contracts';
import { type EventRecord } from '../engine/submission.js';
import { EventReader } from '../logs/event.read.js';
import { toLedgerEvent } from '../publishing/ledger-event.message.js';
import { TestLedger } from '../ledger.fixture.js';

let ledger: TestLedger;
let ledgerId: number;
beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2 });
  await ledger.open('main');
  const [row] = await ledger.database.database.query<{ ledger_id: number }>('select ledger_id from ledger');
  ledgerId = row?.ledger_id ?? 0;
});
afterAll(() => ledger.stop());

const toMessage = (record: EventRecord): LedgerEventV1 => {
  const message = toLedgerEvent('main', record);
  expect(Value.Check(LedgerEventSchema, message)).toBe(true);
  return message;
};
const monitor = (id: string, members: object) =>
  ledger.call('PUT', `/v2/main/monitors/${id}`, {
    body: { account: 'users:1', asset: 'TRY/2', balance: 'available', op: 'lt', amount: 100, ...members },
  });
const state = async (id: string) => (await ledger.call('GET', `/v2/main/monitors/${id}`)).body.data;
const transfer = (from: string, to: string, amount: number, members: object = {}) =>
  ledger.transfer('main', { from, to, amount }, { members });
const events = (): Promise<EventRecord[]> =>
  new EventReader(ledger.database.database).after(ledgerId, { after: 0n, limit: 10_000 });
/** What was told of a monitor, in order, as the messages on Kafka say it. */
const turnsOf = async (id: string): Promise<boolean[]> =>
  (await events())
    .map((record) => toMessage(record))
    .flatMap(({ monitors = [] }) => monitors.filter((each) => each.id === id))
    .map(({ turned }) => turned);

describe('a monitor', () => {
  it('tells every turn with the event that did it: transfers, holds, releases, reversals', async () => {
    expect((await monitor('low', {})).body.data).toMatchObject({ isTrue: true, actual: 0, amount: 100 });
    await transfer('world', 'users:1', 99);
    expect(await turnsOf('low')).toEqual([]);
    const enough = await transfer('world', 'users:1', 1);
    expect(await state('low')).toMatchObject({ isTrue: false, actual: 100 });
    await transfer('users:1', 'shop', 1, { status: 'pending', reference: 'h' });
    expect(await turnsOf('low')).toEqual([false, true]);
    const { body } = await ledger.call('GET', '/v2/main/transactions?reference=h');
    await ledger.call('POST', `/v2/main/transactions/${body.cursor.data[0].id}/void`, { body: {} });
    expect(await turnsOf('low')).toEqual([false, true, false]);
    await ledger.call('POST', `/v2/main/transactions/${enough.body.data.id}/revert`);
    expect(await turnsOf('low')).toEqual([false, true, false, true]);
    expect(await state('low')).toMatchObject({ isTrue: true, actual: 99 });
  });

  it('tells nothing of what was refused, tried or rolled back', async () => {
    const before = await turnsOf('low');
    const create = (source: string, destination: string, amount: number) => ({
      action: 'CREATE_TRANSACTION',
      data: { postings: [{ source, destination, amount, asset: 'TRY/2' }] },
    });
    const rolledBack = [create('world', 'users:1', 500), create('nobody', 'users:1', 1)];
    expect((await ledger.call('POST', '/v2/main/_bulk?atomic=true', { body: rolledBack })).status).toBe(400);
    await ledger.call('POST', '/v2/main/transactions?dryRun=true', {
      body: create('world', 'users:1', 500).data,
    });
    await transfer('users:1', 'shop', 100);
    expect(await turnsOf('low')).toEqual(before);
    const kept = [create('world', 'users:1', 500), create('users:1', 'shop', 500)];
    expect((await ledger.call('POST', '/v2/main/_bulk?atomic=true', { body: kept })).status).toBe(200);
    expect(await turnsOf('low')).toEqual([...before, false, true]);
  });

  it('misses no turn under load through two replicas and a third that starts in between', async () => {
    await monitor('busy', { account: 'hot', balance: 'posted', op: 'gte', amount: 5 });
    const pay = () => transfer('world', 'hot', 3);
    const out = () => transfer('hot', 'world', 3);
    for (let round = 0; round < 12; round++) {
      if (round === 6) await ledger.addReplica(['http']);
      await Promise.all([pay(), pay(), pay()]);
      await Promise.all([out(), out(), out()]);
    }
    const expected: boolean[] = [];
    let was = false;
    for (const { after } of await events()) {
      const hot = after.find(({ account }) => account === 'hot');
      const is: boolean = hot === undefined ? was : hot.input - hot.output >= 5n;
      if (is !== was) expected.push(is);
      was = is;
    }
    expect(expected).toHaveLength(24);
    expect(await turnsOf('busy')).toEqual(expected);
    expect((await state('busy')).isTrue).toBe(was);
  });

  it('is one of at most 100 on a balance, and of 1,000 on what one command touches', async () => {
    await ledger.open('watched');
    const put = (id: string, account: string) => {
      const body = { account, asset: 'TRY/2', balance: 'posted', op: 'gt', amount: 0 };
      return ledger.call('PUT', `/v2/watched/monitors/${id}`, { body });
    };
    for (let index = 0; index < 100; index++) expect((await put(`m-${index}`, 'a:0')).status).toBe(200);
    const one = await put('m-100', 'a:0');
    expect([one.status, one.body.code, one.body.detail]).toEqual([
      422,
      'limit-reached',
      'A balance has at most 100 monitors',
    ]);
    expect((await put('m-99', 'a:0')).status).toBe(200);
    const [row] = await ledger.database.database.query<{ id: number }>(
      `select ledger_id as id from ledger where name = 'watched'`,
    );
    await ledger.database.database.query(
      `insert into monitor (ledger_id, monitor_id, account, asset, balance, op, amount)
       select $1, 'n-' || a || '-' || m, 'a:' || a, 'TRY/2', 'posted', 'gt', 0
       from generate_series(1, 9) a, generate_series(1, 100) m`,
      [row?.id],
    );
    expect((await put('x', 'b:0')).status).toBe(200);
    const pay = (...accounts: string[]) =>
      ledger.call('POST', '/v2/watched/transactions', {
        body: {
          postings: accounts.map((to) => ({ source: 'world', destination: to, amount: 1, asset: 'TRY/2' })),
        },
      });
    const ten = Array.from({ length: 10 }, (_, index) => `a:${index}`);
    const refused = await pay(...ten, 'b:0');
    expect([refused.status, refused.body.code]).toEqual([422, 'too-many-monitors']);
    expect(refused.body).toMatchObject({ watching: 1_001, most: 1_000 });
    expect((await pay(...ten)).status).toBe(200);
    expect((await pay('b:0')).status).toBe(200);
  });

  it('is listed, changed and deleted', async () => {
    expect((await monitor('low', { op: 'gt', amount: '-5' })).body.data).toMatchObject({
      op: 'gt',
      amount: -5,
      isTrue: true,
    });
    const { body } = await ledger.call('GET', '/v2/main/monitors?pageSize=1');
    expect(body.cursor).toMatchObject({ hasMore: true, data: [{ id: 'busy' }] });
    const next = await ledger.call('GET', `/v2/main/monitors?pageSize=1&cursor=${body.cursor.next}`);
    expect(next.body.cursor.data).toMatchObject([{ id: 'low', account: 'users:1' }]);
    expect((await ledger.call('DELETE', '/v2/main/monitors/low')).status).toBe(204);
    expect((await ledger.call('DELETE', '/v2/main/monitors/low')).status).toBe(404);
    expect((await ledger.call('GET', '/v2/main/monitors/low')).status).toBe(404);
    await transfer('world', 'users:1', 1000);
    expect((await turnsOf('low')).length).toBe(6);
  });

  it.each([
    ['an operator that is none', { op: '<' }],
    ['a figure that is none', { balance: 'total' }],
    ['an amount with a fraction', { amount: '1.5' }],
    ['a member that is none', { turned: true }],
  ])('refuses %s', async (_, members) => {
    const { status, body } = await monitor('bad', members);
    expect([status, body.code]).toEqual([400, 'malformed']);
  });

  it('is the administrator’s to set', async () => {
    const options = { token: ledger.tokens.reader, body: {} };
    expect((await ledger.call('PUT', '/v2/main/monitors/x', options)).status).toBe(403);
    expect((await ledger.call('DELETE', '/v2/main/monitors/busy', options)).status).toBe(403);
  });
});
