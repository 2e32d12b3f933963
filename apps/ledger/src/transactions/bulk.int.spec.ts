import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../ledger.fixture.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2, env: { BULK_LIMIT: '50' } });
  await ledger.open('main');
});
afterAll(() => ledger.stop());

const create = (source: string, destination: string, amount: number, ik?: string) => ({
  action: 'CREATE_TRANSACTION',
  ...(ik === undefined ? {} : { ik }),
  data: { postings: [{ source, destination, amount, asset: 'TRY/2' }] },
});
const bulk = (elements: unknown, query = '', headers: object = {}) =>
  ledger.call('POST', `/v2/main/_bulk${query}`, { body: elements, headers });
const codes = (data: { code?: string; responseType: string }[]) =>
  data.map(({ code, responseType }) => code ?? responseType);

describe('a bulk', () => {
  it('decides its elements in order, on the state the one before left', async () => {
    const { status, body } = await bulk([
      create('world', 'b:1', 100),
      create('b:1', 'b:2', 100),
      create('b:2', 'b:3', 100),
    ]);
    expect(status).toBe(200);
    expect(codes(body.data)).toEqual(Array(3).fill('CREATE_TRANSACTION'));
    expect(body.data.map(({ logID }: { logID: number }) => logID)).toEqual([1, 2, 3]);
    expect((await ledger.balance('main', 'b:3')).posted).toBe(100);
  });

  it('atomic: one refusal takes everything back, and numbers leave no gap', async () => {
    const before = await ledger.digest();
    const { status, body } = await bulk(
      [create('world', 'b:4', 10), create('b:none', 'b:5', 1), create('world', 'b:6', 1)],
      '?atomic=true',
    );
    expect(status).toBe(400);
    expect(codes(body.data)).toEqual(['rolled-back', 'insufficient-funds', 'rolled-back']);
    expect(await ledger.digest()).toBe(before);
    const next = await ledger.transfer('main', { from: 'world', to: 'b:7', amount: 1 });
    expect(next.body.data.id).toBe(4);
  });

  it('stops at the first refusal, or continues when asked to', async () => {
    const elements = [create('world', 'c:1', 10), create('c:none', 'c:2', 1), create('world', 'c:3', 1)];
    expect(codes((await bulk(elements)).body.data)).toEqual([
      'CREATE_TRANSACTION',
      'insufficient-funds',
      'not-executed',
    ]);
    const { body } = await bulk(elements, '?continueOnFailure=true');
    expect(codes(body.data)).toEqual(['CREATE_TRANSACTION', 'insufficient-funds', 'CREATE_TRANSACTION']);
  });

  it('with one key is repeated without a second effect', async () => {
    const elements = [create('world', 'd:1', 10), create('world', 'd:1', 10)];
    const headers = { 'idempotency-key': 'bulk-1' };
    const first = await bulk(elements, '', headers);
    const second = await bulk(elements, '', headers);
    expect(second.body.data.map(({ logID }: { logID: number }) => logID)).toEqual(
      first.body.data.map(({ logID }: { logID: number }) => logID),
    );
    expect((await ledger.balance('main', 'd:1')).posted).toBe(20);
  });

  it('with the key of another bulk has no effect at all, however it may go on after failures', async () => {
    const headers = { 'idempotency-key': 'bulk-2' };
    expect((await bulk([create('world', 'd:2', 5)], '', headers)).status).toBe(200);
    const three = [create('world', 'd:2', 5), create('world', 'd:2', 5), create('world', 'd:2', 5)];
    for (const query of ['', '?continueOnFailure=true', '?atomic=true']) {
      const { status, body } = await bulk(three, query, headers);
      expect(status).toBe(400);
      expect(codes(body.data)[0]).toBe('idempotency-key-conflict');
    }
    expect((await bulk([create('world', 'd:2', 1, 'bulk-2/0')])).status).toBe(200);
    expect((await ledger.balance('main', 'd:2')).posted).toBe(6);
  });

  it('atomic and refused, it is refused the same again, though another would fail first', async () => {
    await bulk([create('world', 'again:1', 10)]);
    const elements = [create('again:1', 'again:2', 10), create('again:3', 'again:2', 7)];
    const ask = () => bulk(elements, '?atomic=true', { 'idempotency-key': 'bulk-again' });
    const first = await ask();
    expect(codes(first.body.data)).toEqual(['rolled-back', 'insufficient-funds']);
    await bulk([create('again:1', 'world', 10), create('world', 'again:3', 7)]);
    const second = await ask();
    expect([second.status, second.text]).toEqual([400, first.text]);
  });

  it('knows a key that stands twice in it: a repetition, or a conflict with another body', async () => {
    const { body } = await bulk([
      create('world', 'e:1', 5, 'same'),
      create('world', 'e:1', 5, 'same'),
      create('world', 'e:1', 6, 'same'),
    ]);
    expect(codes(body.data)).toEqual([
      'CREATE_TRANSACTION',
      'CREATE_TRANSACTION',
      'idempotency-key-conflict',
    ]);
    expect(body.data[1].idempotencyHit).toBe(true);
    expect((await ledger.balance('main', 'e:1')).posted).toBe(5);
  });

  it('holds, captures and reverses within one bulk', async () => {
    const start = (await ledger.transfer('main', { from: 'world', to: 'f:1', amount: 100 })).body.data
      .id as number;
    const pending = {
      action: 'CREATE_TRANSACTION',
      data: {
        postings: [{ source: 'f:1', destination: 'f:2', amount: 60, asset: 'TRY/2' }],
        status: 'pending',
      },
    };
    const { status, body } = await bulk(
      [
        pending,
        {
          action: 'POST_HOLD',
          data: { id: start + 1, amounts: [{ source: 'f:1', asset: 'TRY/2', amount: 40 }] },
        },
        create('f:2', 'f:3', 40),
        { action: 'REVERT_TRANSACTION', data: { id: start + 2 } },
        {
          action: 'ADD_METADATA',
          data: { targetType: 'TRANSACTION', targetId: start + 2, metadata: { note: 'x' } },
        },
      ],
      '?atomic=true',
    );
    expect(status).toBe(200);
    expect(codes(body.data)).toEqual([
      'CREATE_TRANSACTION',
      'POST_HOLD',
      'CREATE_TRANSACTION',
      'REVERT_TRANSACTION',
      'ADD_METADATA',
    ]);
    expect(await ledger.balance('main', 'f:1')).toMatchObject({ posted: 60, available: 60, pendingOut: 0 });
    expect((await ledger.balance('main', 'f:2')).posted).toBe(40);
    const { body: reverted } = await ledger.call('GET', `/v2/main/transactions/${start + 2}`);
    expect(reverted.data).toMatchObject({ reverted: true, revertedBy: start + 3, metadata: { note: 'x' } });
  });

  it('names the place of a malformed element, and refuses a bulk that is too large', async () => {
    const before = await ledger.digest();
    const wrong = await bulk([create('world', 'g:1', 1), create('world', 'g 2', 1)]);
    expect(wrong.body.errors[0].loc).toEqual(['body', 1, 'data', 'postings', 0, 'destination']);
    const large = await bulk(Array.from({ length: 51 }, () => create('world', 'g:3', 1)));
    expect([large.status, large.body.errorCode]).toEqual([413, 'BULK_SIZE_EXCEEDED']);
    expect(await ledger.digest()).toBe(before);
  });

  it('twenty overlapping atomic bulks at once, in both directions, all end and keep the sum', async () => {
    await bulk([create('world', 'h:1', 1000), create('world', 'h:2', 1000)]);
    const there = Array.from({ length: 10 }, () => create('h:1', 'h:2', 1));
    const back = Array.from({ length: 10 }, () => create('h:2', 'h:1', 1));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => bulk(n % 2 === 0 ? there : back, '?atomic=true')),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const [one, two] = await Promise.all([ledger.balance('main', 'h:1'), ledger.balance('main', 'h:2')]);
    expect(one.posted + two.posted).toBe(2000);
  });
});

describe('one idempotency key', () => {
  const create = (amount: number) => ({
    postings: [{ source: 'world', destination: 'keyed', amount, asset: 'TRY/2' }],
  });
  const element = (amount: number) => ({ action: 'CREATE_TRANSACTION', data: create(amount) });
  const send = (path: string, body: unknown, key: string) =>
    ledger.call('POST', `/v2/main/${path}`, { body, headers: { 'idempotency-key': key } });

  it('has one effect, whether it comes with a transaction or with a bulk first', async () => {
    expect((await send('transactions', create(7), 'kind-1')).status).toBe(200);
    const bulk = await send('_bulk', [element(7)], 'kind-1');
    expect([bulk.status, bulk.body.data[0].code]).toEqual([400, 'idempotency-key-conflict']);
    expect((await send('_bulk', [element(7), element(8)], 'kind-2')).status).toBe(200);
    const single = await send('transactions', create(7), 'kind-2');
    expect([single.status, single.body.code]).toEqual([409, 'idempotency-key-conflict']);
    expect((await send('_bulk?atomic=true', [element(7), element(8)], 'kind-2')).status).toBe(400);
    const again = await send('_bulk', [element(7), element(8)], 'kind-2');
    expect(again.body.data.map((each: { idempotencyHit?: boolean }) => each.idempotencyHit)).toEqual([
      true,
      true,
    ]);
  });

  it('says of what was done before an atomic bulk that it stands, though the bulk is refused', async () => {
    const done = { ...element(100), ik: 'stands-1' };
    const bare = { postings: [{ source: 'empty', destination: 'keyed', amount: 1, asset: 'TRY/2' }] };
    const refused = { action: 'CREATE_TRANSACTION', ik: 'stands-2', data: bare };
    await ledger.call('POST', '/v2/main/_bulk', { body: [done] });
    const bulk = await ledger.call('POST', '/v2/main/_bulk?atomic=true', {
      body: [done, element(5), refused],
    });
    const [first, second, third] = bulk.body.data;
    expect(first).toMatchObject({ responseType: 'CREATE_TRANSACTION', idempotencyHit: true });
    expect([second.code, third.code]).toEqual(['rolled-back', 'insufficient-funds']);
  });

  it('of a dry run names no event', async () => {
    const dry = await ledger.call('POST', '/v2/main/transactions?dryRun=true', { body: create(1) });
    expect([dry.status, dry.headers.get('defter-sequence')]).toEqual([200, null]);
  });
});
