import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TestLedger } from '../ledger.fixture.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2 });
  await ledger.open('main');
});
afterAll(() => ledger.stop());

let users = 0;
/** A new user with 1,000 and a hold on part of it. */
const held = async (amount: number, members: object = {}) => {
  const user = `users:${++users}`;
  await ledger.transfer('main', { from: 'world', to: user, amount: 1000 });
  const answer = await ledger.transfer(
    'main',
    { from: user, to: 'shop', amount },
    { members: { status: 'pending', ...members } },
  );
  return { user, id: answer.body.data.id as number, answer };
};
const post = (id: number, body?: object) =>
  ledger.call('POST', `/v2/main/transactions/${id}/post`, { body: body ?? {} });
const voided = (id: number) => ledger.call('POST', `/v2/main/transactions/${id}/void`);

describe('a hold', () => {
  it('takes from available and moves nothing', async () => {
    const { user, answer } = await held(400);
    expect(answer.body.data.status).toBe('pending');
    expect(await ledger.balance('main', user)).toMatchObject({
      posted: 1000,
      pendingOut: 400,
      available: 600,
    });
    const { status, body } = await ledger.transfer('main', { from: user, to: 'x', amount: 601 });
    expect([status, body.code, body.available]).toEqual([400, 'insufficient-funds', 600]);
  });

  it('posted in full moves it all, once', async () => {
    const { user, id } = await held(400);
    const { status, body } = await post(id);
    expect([status, body.data.closed, body.data.postings[0].amount]).toEqual([200, true, 400]);
    expect(await ledger.balance('main', user)).toMatchObject({ posted: 600, pendingOut: 0, available: 600 });
    expect((await post(id)).body.code).toBe('hold-already-posted');
    expect((await voided(id)).body.code).toBe('hold-already-posted');
  });

  it.each(['post', 'void'])('%s answers a repetition the same to the byte', async (act) => {
    const { id } = await held(400);
    const ask = () =>
      ledger.call('POST', `/v2/main/transactions/${id}/${act}`, {
        body: act === 'post' ? {} : undefined,
        headers: { 'idempotency-key': `same-${act}-${id}` },
      });
    // One call in between: the replica that holds is the one that ends the hold, and has it in memory.
    await ledger.balance('main', 'shop');
    const first = await ask();
    expect(first.status).toBe(200);
    // Through the other replica, which reads it from the database, then through the first again.
    for (const again of [await ask(), await ask()]) {
      expect([again.text, again.headers.get('idempotency-hit')]).toEqual([first.text, 'true']);
    }
  });

  it('posted in part gives the rest back, or keeps it', async () => {
    const { user, id } = await held(400);
    const part = { amounts: [{ source: user, asset: 'TRY/2', amount: 150 }] };
    expect((await post(id, { ...part, remainder: 'keep' })).body.data.closed).toBe(false);
    expect(await ledger.balance('main', user)).toMatchObject({
      posted: 850,
      pendingOut: 250,
      available: 600,
    });
    const { body } = await ledger.call('GET', `/v2/main/transactions/${id}`);
    expect(body.data.postings[0]).toMatchObject({ amount: 400, captured: 150, remaining: 250 });
    const over = { amounts: [{ source: user, asset: 'TRY/2', amount: 251 }] };
    expect((await post(id, over)).body).toMatchObject({ code: 'exceeds-hold', asked: 251, held: 250 });
    expect((await post(id, part)).body.data.closed).toBe(true);
    expect(await ledger.balance('main', user)).toMatchObject({ posted: 700, pendingOut: 0, available: 700 });
  });

  it('voided gives it back, once', async () => {
    const { user, id } = await held(400);
    expect((await voided(id)).status).toBe(200);
    expect(await ledger.balance('main', user)).toMatchObject({
      posted: 1000,
      pendingOut: 0,
      available: 1000,
    });
    expect((await post(id)).body.code).toBe('hold-already-voided');
  });

  it('captured and voided 20 times at once through two replicas has one outcome', async () => {
    const { user, id } = await held(400);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? post(id) : voided(id))),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const { posted, pendingOut, available } = await ledger.balance('main', user);
    expect(pendingOut).toBe(0);
    expect([600, 1000]).toContain(posted);
    expect(available).toBe(posted);
  });

  it('past its deadline can only expire, by the database clock', async () => {
    const { user, id } = await held(400, { expiresIn: 1 });
    const tooMuch = { amounts: [{ source: user, asset: 'TRY/2', amount: 401 }] };
    expect((await post(id, tooMuch)).body.code).toBe('exceeds-hold');
    await eventually(async () => expect((await post(id, tooMuch)).body.code).toBe('hold-expired'));
    expect((await post(id)).body.code).toBe('hold-expired');
    expect(await ledger.balance('main', user)).toMatchObject({ pendingOut: 400 });
  });

  it('leaves the table of holds equal to what the accounts show as pending', async () => {
    const drift = await ledger.database.database.query(`
      with open as (select source as account, asset, sum(remaining) as held from hold group by 1, 2)
      select * from open full join balance using (account, asset)
      where coalesce(open.held, 0) <> coalesce(balance.pending_out, 0)`);
    expect(drift).toEqual([]);
  });
});
