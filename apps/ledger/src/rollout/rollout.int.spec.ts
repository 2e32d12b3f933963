import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../ledger.fixture.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2 });
  await ledger.open('main', { accountTypes: [{ pattern: 'old:*', closed: true }] });
  await set({ mode: 'shadow' });
});
afterAll(() => ledger.stop());

const set = (body: object) => ledger.call('PATCH', '/v2/main/_settings', { body });
const transfer = (from: string, to: string, amount: number, members: object = {}) =>
  ledger.transfer('main', { from, to, amount }, { members });
const expected = (account: string, balance: number | string) => ({
  expectedBalances: [{ account, asset: 'TRY/2', balance }],
});
const listed = async (query = '') => (await ledger.call('GET', `/v2/main/mismatches${query}`)).body.cursor;
const counted = async (): Promise<string[]> => {
  const texts = await Promise.all(
    ledger.replicas.map(async ({ managementUrl }) => (await fetch(`${managementUrl}/metrics`)).text()),
  );
  return texts.flatMap((text) => text.match(/^defter_ledger_mismatches_total.*$/gm) ?? []);
};

describe('shadow mode', () => {
  it('accepts what enforcement would refuse, marks and lists it, and repeats it', async () => {
    await transfer('world', 'users:1', 100);
    const answer = await ledger.transfer(
      'main',
      { from: 'users:1', to: 'shop', amount: 130 },
      { key: 's-1' },
    );
    const wouldRefuse = { code: 'insufficient-funds', account: 'users:1', needed: '130', available: '100' };
    expect([answer.status, answer.body.data]).toMatchObject([200, { id: 2, wouldRefuse }]);
    const again = await ledger.transfer('main', { from: 'users:1', to: 'shop', amount: 130 }, { key: 's-1' });
    expect(again.body).toEqual(answer.body);
    expect((await ledger.call('GET', '/v2/main/transactions/2')).body.data.wouldRefuse).toMatchObject(
      wouldRefuse,
    );
    expect((await listed()).data).toMatchObject([
      { sequence: 2, kind: 'refusal', origin: 'command', transactionId: 2, refusal: wouldRefuse },
    ]);
    expect((await ledger.balance('main', 'users:1')).available).toBe(-30);
  });

  it('lets closed accounts, failed conditions and holds without funds pass, too', async () => {
    const failing = { account: 'shop', asset: 'TRY/2', balance: 'posted', op: 'eq', amount: 1 };
    const answers = [
      await transfer('world', 'old:1', 5),
      await transfer('world', 'users:2', 5, { conditions: [failing] }),
      await transfer('users:3', 'shop', 5, { status: 'pending', reference: 'h3' }),
    ];
    expect(answers.map(({ status, body }) => [status, body.data.wouldRefuse.code])).toEqual([
      [200, 'account-closed'],
      [200, 'condition-failed'],
      [200, 'insufficient-funds'],
    ]);
    const path = `/v2/main/transactions/${answers[2]?.body.data.id}/post`;
    expect((await ledger.call('POST', path, { body: {} })).status).toBe(200);
    expect((await ledger.balance('main', 'users:3')).posted).toBe(-5);
  });

  it('still refuses what cannot be recorded: a reference that is taken, a hold that ended', async () => {
    expect((await transfer('world', 'x', 1, { reference: 'h3' })).body.code).toBe('reference-taken');
    expect((await ledger.call('POST', '/v2/main/transactions/5/void', { body: {} })).status).toBe(409);
  });

  it('ends with the next commit of every replica, and comes back as fast, under load', async () => {
    const pay = () => transfer('users:empty', 'shop', 1);
    let modes = 0;
    for (const mode of ['enforce', 'shadow', 'enforce']) {
      const load = Array.from({ length: 20 }, pay);
      await set({ mode });
      const status = mode === 'enforce' ? 400 : 200;
      // Asked after the answer to the change, through both replicas: all of them decide by it.
      const after = await Promise.all([pay(), pay(), pay(), pay()]);
      expect(after.map((answer) => answer.status)).toEqual([status, status, status, status]);
      const answers = await Promise.all(load);
      expect(answers.every((answer) => answer.status === 200 || answer.status === 400)).toBe(true);
      modes += 1;
    }
    expect(modes).toBe(3);
    expect((await transfer('world', 'users:1', 29)).status).toBe(200);
    expect((await transfer('users:1', 'shop', 1)).body).toMatchObject({ available: -1, needed: 1 });
  });
});

describe('balances that a command expects', () => {
  it('are compared after it, and listed, counted and told where they differ', async () => {
    expect((await transfer('world', 'users:7', 50, expected('users:7', 50))).status).toBe(200);
    const before = (await listed('?kind=balance')).data;
    expect(before).toEqual([]);
    const { body } = await transfer('world', 'users:7', 50, expected('users:7', '99'));
    const [entry] = (await listed('?kind=balance')).data;
    expect(entry).toMatchObject({
      kind: 'balance',
      origin: 'command',
      transactionId: body.data.id,
      account: 'users:7',
      asset: 'TRY/2',
      expected: 99,
      actual: 100,
      difference: 1,
    });
    expect((await counted()).some((line) => line.includes('kind="balance"') && line.endsWith(' 1'))).toBe(
      true,
    );
  });

  it('may name an account that the command doesn’t touch', async () => {
    await transfer('world', 'users:7', 1, expected('users:nine', -3));
    expect((await listed('?kind=balance')).data[0]).toMatchObject({ account: 'users:nine', actual: 0 });
  });

  it('are not compared when the command is refused, tried, repeated, or the log is off', async () => {
    const before = (await listed('?kind=balance')).data.length;
    const wrong = expected('users:7', 1);
    await transfer('users:none', 'users:7', 1, wrong);
    await ledger.call('POST', '/v2/main/transactions?dryRun=true', {
      body: { postings: [{ source: 'world', destination: 'users:7', amount: 1, asset: 'TRY/2' }], ...wrong },
    });
    expect((await listed('?kind=balance')).data).toHaveLength(before);
    for (let use = 0; use < 2; use++) {
      await ledger.transfer(
        'main',
        { from: 'world', to: 'users:7', amount: 1 },
        { key: 'm', members: wrong },
      );
    }
    expect((await listed('?kind=balance')).data).toHaveLength(before + 1);
    await set({ balanceMismatchLog: false });
    await transfer('world', 'users:7', 1, wrong);
    expect((await listed('?kind=balance')).data).toHaveLength(before + 1);
    await set({ balanceMismatchLog: true });
  });
});

describe('figures of the old source that are sent in one go', () => {
  it('are compared as of one sequence and listed', async () => {
    const balances = [
      { account: 'users:7', asset: 'TRY/2', balance: 0 },
      { account: 'users:2', asset: 'TRY/2', balance: 5 },
      { account: 'users:unknown', asset: 'USD/2', balance: '-1' },
    ];
    const compare = () => ledger.call('POST', '/v2/main/expected-balances', { body: { balances } });
    const { status, body } = await compare();
    expect([status, body.data]).toMatchObject([
      200,
      { compared: 3, mismatches: [{ account: 'users:7' }, { account: 'users:unknown', difference: 1 }] },
    ]);
    await compare();
    const { data } = await listed('?pageSize=4');
    expect(data.map((each: { account: string; origin: string }) => `${each.origin} ${each.account}`)).toEqual(
      ['comparison users:unknown', 'comparison users:7', 'comparison users:unknown', 'comparison users:7'],
    );
  });

  it('are listed in pages, newest first, each once', async () => {
    const all = (await listed('?pageSize=100')).data;
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const page = await listed(`?pageSize=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.data);
      cursor = page.next ?? '';
    } while (cursor !== '');
    expect(seen).toEqual(all);
    expect(all.length).toBeGreaterThan(10);
    expect((await ledger.call('GET', '/v2/main/mismatches?kind=other')).status).toBe(400);
  });

  it('can’t be changed afterwards, by the service’s own role neither', async () => {
    const attempt = (sql: string) =>
      ledger.database.database.query(sql).then(
        () => 'done',
        (error: { code?: string }) => error.code,
      );
    expect(await attempt('update mismatch set actual = expected')).toBe('42501');
    expect(await attempt('delete from mismatch')).toBe('42501');
  });
});
