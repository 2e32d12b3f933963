import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../ledger.fixture.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2 });
  for (const name of ['main', 'busy', 'usual']) await ledger.open(name);
  for (const name of ['main', 'busy']) expect((await everyState(name)).status).toBe(200);
});
afterAll(() => ledger.stop());

const everyState = (name: string) =>
  ledger.call('PATCH', `/v2/${name}/_settings`, { body: { backdating: 'every-state' } });
const dayOf = (day: number) => `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`;
type Move = [from: string, to: string, amount: number, day?: number | undefined, ledger?: string];

/** A movement that took effect on a day of January; without a day, now. */
const move = (...[from, to, amount, day, name = 'main']: Move) => {
  const members = day === undefined ? {} : { timestamp: dayOf(day) };
  return ledger.transfer(name, { from, to, amount }, { members });
};

/** Every state by effective time that is below zero, added up from the postings by the database. */
const below = (name: string) =>
  ledger.database.database.query(
    `with moved as (
       select destination as account, effective_at, amount from posting join ledger using (ledger_id)
       where name = $1
       union all
       select source, effective_at, -amount from posting join ledger using (ledger_id) where name = $1),
     instant as (select account, effective_at, sum(amount) as amount from moved group by 1, 2),
     state as (
       select account, effective_at, sum(amount) over (partition by account order by effective_at) as total
       from instant)
     select * from state where total < 0 and account <> 'world'`,
    [name],
  );

describe('a backdated transaction', () => {
  it('may bring no state in between below zero, where every state counts', async () => {
    await move('world', 'users:1', 100, 5);
    await move('users:1', 'shop', 80, 10);
    await move('world', 'users:1', 500, 15);
    const { status, body } = await move('users:1', 'shop', 21, 7);
    expect([status, body]).toMatchObject([
      400,
      { code: 'insufficient-funds', needed: 21, available: 20, effectiveFrom: '2026-01-07T00:00:00.000000Z' },
    ]);
    expect((await move('users:1', 'shop', 1, 4)).body).toMatchObject({ available: 0 });
    expect((await move('users:1', 'shop', 20, 7)).status).toBe(200);
    expect((await move('users:1', 'shop', 1, 5)).status).toBe(400);
    expect((await move('users:1', 'shop', 500, 15)).status).toBe(200);
    expect((await move('users:1', 'shop', 1)).status).toBe(400);
  });

  it('may, where the final state counts', async () => {
    await move('world', 'users:1', 100, 10, 'usual');
    expect((await move('users:1', 'shop', 100, 5, 'usual')).status).toBe(200);
    expect(await below('usual')).not.toEqual([]);
  });

  it('counts with what came before it in its bulk, and leaves no trace when rolled back', async () => {
    await move('world', 'users:2', 50, 3);
    await move('users:2', 'shop', 50, 20);
    const element = (source: string, destination: string, amount: number, day: number) => ({
      action: 'CREATE_TRANSACTION',
      data: { postings: [{ source, destination, amount, asset: 'TRY/2' }], timestamp: dayOf(day) },
    });
    const bulk = (elements: object[]) =>
      ledger.call('POST', '/v2/main/_bulk?atomic=true', { body: elements });
    const lent = [element('world', 'users:2', 30, 4), element('users:2', 'world', 30, 6)];
    expect((await bulk([...lent, element('users:2', 'world', 1, 5)])).status).toBe(400);
    expect((await bulk(lent)).status).toBe(200);
    expect((await move('users:2', 'shop', 1, 5)).status).toBe(400);
  });

  it('that is a reversal at its effective date is held to the same', async () => {
    const deposit = await move('world', 'users:3', 60, 2);
    await move('users:3', 'shop', 60, 8);
    await move('world', 'users:3', 60, 12);
    const path = `/v2/main/transactions/${deposit.body.data.id}/revert`;
    expect((await ledger.call('POST', `${path}?atEffectiveDate=true`)).body).toMatchObject({ available: 0 });
    expect((await ledger.call('POST', path)).status).toBe(201);
  });

  it('by a script is held to the same', async () => {
    await move('world', 'users:4', 10, 9);
    const plain = 'send [TRY/2 10] (\n source = @users:4\n destination = @shop\n)';
    const run = (timestamp: string) =>
      ledger.call('POST', '/v2/main/transactions', { body: { script: { plain }, timestamp } });
    expect((await run(dayOf(8))).body.code).toBe('insufficient-funds');
    expect((await run(dayOf(9))).status).toBe(200);
  });

  it('ahead of the clock is refused; a ledger that has one must wait to be held to it', async () => {
    const ahead = { members: { timestamp: '2999-01-01T00:00:00Z' } };
    const paid = { from: 'world', to: 'users:5', amount: 1 };
    expect((await ledger.transfer('main', paid, ahead)).body.code).toBe('effective-in-future');
    expect((await ledger.transfer('usual', paid, ahead)).status).toBe(200);
    const { status, body } = await everyState('usual');
    expect([status, body.code]).toEqual([409, 'history-in-future']);
  });

  it('of a debit-normal account is held to its own side', async () => {
    const accountTypes = [{ pattern: 'bank:*', normalSide: 'debit' }];
    await ledger.call('POST', '/v2/main/account-types', { body: { accountTypes } });
    await move('bank:1', 'users:6', 40, 10);
    await move('users:6', 'bank:1', 30, 20);
    await move('bank:1', 'users:6', 90, 25);
    expect((await move('world', 'bank:1', 11, 12)).body).toMatchObject({
      available: 10,
      normalSide: 'debit',
    });
    expect((await move('world', 'bank:1', 10, 12)).status).toBe(200);
  });

  it('no state of any account but those of debit side is below zero at the end', async () => {
    const rows = (await below('main')) as { account: string }[];
    expect(rows.filter(({ account }) => !account.startsWith('bank:'))).toEqual([]);
  });
});

describe('any backdated transactions, many at a time through two replicas', () => {
  it('leave no state of the history below zero, and are not all refused', async () => {
    let seed = 20_260_121;
    const random = (below_: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below_);
    };
    const names = ['world', 'a', 'b', 'c'];
    const one = () => {
      const [from = 'a', to = 'b'] = [names[random(4)], names[random(4)]];
      return move(from, to, random(40), random(3) === 0 ? undefined : 1 + random(20), 'busy');
    };
    const statuses: number[] = [];
    for (let wave = 0; wave < 15; wave++) {
      const answers = await Promise.all(Array.from({ length: 20 }, one));
      statuses.push(...answers.map(({ status }) => status));
    }
    expect(new Set(statuses)).toEqual(new Set([200, 400]));
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(60);
    expect(statuses.filter((status) => status === 400).length).toBeGreaterThan(30);
    expect(await below('busy')).toEqual([]);
  });
});
