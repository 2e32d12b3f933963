import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, TestLedger } from '../ledger.fixture.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2 });
  await ledger.open('main');
});
afterAll(() => ledger.stop());

describe('a transaction', () => {
  it('moves money and answers with the volumes before and after', async () => {
    const { status, body, headers } = await ledger.transfer('main', {
      from: 'world',
      to: 'users:1',
      amount: 1000,
    });
    expect(status).toBe(200);
    expect(headers.get('defter-sequence')).toBe('1');
    expect(body.data).toMatchObject({
      id: 1,
      status: 'posted',
      postings: [{ source: 'world', destination: 'users:1', amount: 1000, asset: 'TRY/2' }],
      preCommitVolumes: { 'users:1': { 'TRY/2': { input: 0, output: 0, balance: 0 } } },
      postCommitVolumes: { 'users:1': { 'TRY/2': { input: 1000, output: 0, balance: 1000 } } },
    });
    const read = await ledger.call('GET', '/v2/main/transactions/1?expand=effectiveVolumes');
    expect(read.body.data).toEqual(body.data);
  });

  it('is refused when available is one kuruş short, and changes nothing', async () => {
    await ledger.transfer('main', { from: 'world', to: 'users:short', amount: 600 });
    const before = await ledger.digest();
    const { status, body } = await ledger.transfer('main', {
      from: 'users:short',
      to: 'users:2',
      amount: 601,
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      errorCode: 'INSUFFICIENT_FUND',
      code: 'insufficient-funds',
      account: 'users:short',
      asset: 'TRY/2',
      needed: 601,
      available: 600,
    });
    expect(await ledger.digest()).toBe(before);
    expect((await ledger.transfer('main', { from: 'users:short', to: 'users:2', amount: 600 })).status).toBe(
      200,
    );
  });

  it('carries amounts far above 2^53 to the digit', async () => {
    const amount = 123456789012345678901234567890n;
    const raw = `{"postings":[{"source":"world","destination":"whale","amount":${amount},"asset":"ETH/18"}]}`;
    const { status, text } = await ledger.call('POST', '/v2/main/transactions', { raw });
    expect(status).toBe(200);
    expect(text).toContain(`"balance":${amount}`);
    await ledger.transfer('main', { from: 'whale', to: 'fish', amount: '1', asset: 'ETH/18' });
    const { text: after } = await ledger.call('GET', '/v2/main/accounts/whale/balances');
    expect(after).toContain(`"posted":${amount - 1n}`);
  });

  it('applies its postings together: what it brings an account, it may take from it', async () => {
    const postings = [
      { source: 'pass:through', destination: 'users:end', amount: 70, asset: 'TRY/2' },
      { source: 'world', destination: 'pass:through', amount: 70, asset: 'TRY/2' },
    ];
    expect((await ledger.call('POST', '/v2/main/transactions', { body: { postings } })).status).toBe(200);
  });

  it('refuses a reference that is taken', async () => {
    const members = { reference: 'invoice-1' };
    expect((await ledger.transfer('main', { from: 'world', to: 'a', amount: 1 }, { members })).status).toBe(
      200,
    );
    const { status, body } = await ledger.transfer(
      'main',
      { from: 'world', to: 'a', amount: 1 },
      { members },
    );
    expect([status, body.errorCode, body.code]).toEqual([409, 'CONFLICT', 'reference-taken']);
  });

  it('as a dry run answers the same and changes nothing', async () => {
    const before = await ledger.digest();
    const body = { postings: [{ source: 'world', destination: 'users:dry', amount: 5, asset: 'TRY/2' }] };
    const { status, body: answer } = await ledger.call('POST', '/v2/main/transactions?dryRun=true', { body });
    expect(status).toBe(200);
    expect(answer.data.postCommitVolumes['users:dry']['TRY/2'].balance).toBe(5);
    expect(await ledger.digest()).toBe(before);
    const unclear = await ledger.call('POST', '/v2/main/transactions?dryRun=perhaps', { body });
    expect([unclear.status, unclear.body.code]).toEqual([400, 'malformed']);
    expect(await ledger.digest()).toBe(before);
  });

  it('takes no funds check only with the permission to force', async () => {
    const forced = { from: 'users:forced', to: 'b', amount: 50 };
    expect((await ledger.transfer('main', forced, { members: { force: true } })).status).toBe(200);
    expect((await ledger.balance('main', 'users:forced')).available).toBe(-50);
    expect((await ledger.transfer('main', { ...forced, amount: 1 })).body.code).toBe('insufficient-funds');
    await ledger.transfer('main', { from: 'world', to: 'users:forced', amount: 50 });
    expect((await ledger.transfer('main', { ...forced, amount: 1 })).body.code).toBe('insufficient-funds');
  });
});

describe('accounts', () => {
  it('may be called like the parts of a prototype', async () => {
    const postings = [
      { source: 'world', destination: '__proto__', amount: 5, asset: 'TRY/2' },
      { source: '__proto__', destination: 'constructor', amount: 5, asset: 'TRY/2' },
    ];
    const { status, text } = await ledger.call('POST', '/v2/main/transactions', { body: { postings } });
    expect(status).toBe(200);
    expect(text).toContain('"__proto__":{"TRY/2":{"input":5,"output":5,"balance":0}}');
    expect(text).toContain('"constructor":{"TRY/2":{"input":5,"output":0,"balance":5}}');
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('get the rule of their most specific type at once, and the outside keeps its own', async () => {
    const types = (accountTypes: object[]) =>
      ledger.call('POST', '/v2/main/account-types', { body: { accountTypes } });
    await ledger.transfer('main', { from: 'world', to: 'wallets:1', amount: 10 });
    expect((await types([{ pattern: 'wallets:*' }, { pattern: '*', mayOverdraw: true }])).status).toBe(204);
    const spend = { from: 'wallets:1', to: 'shop', amount: 11 };
    expect((await ledger.transfer('main', spend)).body.code).toBe('insufficient-funds');
    expect((await ledger.transfer('main', { from: 'bank:1', to: 'shop', amount: 11 })).status).toBe(200);
    expect((await types([{ pattern: 'wallets:*', overdraftLimit: 1 }, { pattern: '*' }])).status).toBe(204);
    expect((await ledger.transfer('main', spend)).status).toBe(200);
    expect((await ledger.transfer('main', { from: 'world', to: 'wallets:1', amount: 1 })).status).toBe(200);
    expect((await ledger.transfer('main', { from: 'bank:1', to: 'shop', amount: 1 })).status).toBe(400);
    expect((await types([{ pattern: 'wallets:*', closed: true }])).status).toBe(204);
    expect((await ledger.transfer('main', { from: 'world', to: 'wallets:1', amount: 1 })).status).toBe(422);
  });
});

describe('under concurrency, through two replicas', () => {
  it('50 parallel withdrawals never overdraw: exactly the affordable number is accepted', async () => {
    await ledger.transfer('main', { from: 'world', to: 'users:hot', amount: 1730 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        ledger.transfer('main', { from: 'users:hot', to: `out:${index}`, amount: 100 }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(17);
    expect(answers.filter(({ body }) => body.code === 'insufficient-funds')).toHaveLength(33);
    expect((await ledger.balance('main', 'users:hot')).available).toBe(30);
  });

  it('100 uses of one key have one effect and one answer', async () => {
    const use = () =>
      ledger.transfer('main', { from: 'world', to: 'users:once', amount: 7 }, { key: 'key-once' });
    const answers = await Promise.all(Array.from({ length: 100 }, use));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotency-hit') === 'true')).toHaveLength(99);
    expect((await ledger.balance('main', 'users:once')).posted).toBe(7);
    const other = await ledger.transfer(
      'main',
      { from: 'world', to: 'users:once', amount: 8 },
      { key: 'key-once' },
    );
    expect([other.status, other.body.errorCode, other.body.code]).toEqual([
      409,
      'CONFLICT',
      'idempotency-key-conflict',
    ]);
  });

  it('a refusal is sticky: the same key is refused again when funds have come', async () => {
    const use = () =>
      ledger.transfer('main', { from: 'users:late', to: 'c', amount: 10 }, { key: 'key-late' });
    const first = await use();
    await ledger.transfer('main', { from: 'world', to: 'users:late', amount: 10 });
    const second = await use();
    expect([second.status, second.headers.get('idempotency-hit')]).toEqual([400, 'true']);
    // To the byte, also the order of its members.
    const steady = ({ text }: Answer) => text.replace(/"traceId":"[0-9a-f]+"/, '');
    expect(steady(second)).toBe(steady(first));
  });

  it('numbers events and transactions without gaps; every balance is the fold of the postings', async () => {
    const { database } = ledger.database;
    const [gaps] = await database.query(`
      select (select count(*) from event) = (select max(sequence) from event) as events,
        (select count(*) from transaction) = (select max(transaction_id) from transaction) as transactions,
        (select sequence from ledger_head) = (select max(sequence) from event) as head`);
    expect(gaps).toEqual({ events: true, transactions: true, head: true });
    const drift = await database.query(`
      with moved as (
        select destination as account, asset, amount as input, 0::numeric as output from posting
        union all select source, asset, 0, amount from posting),
      folded as (select account, asset, sum(input) as input, sum(output) as output from moved group by 1, 2)
      select * from folded full join balance using (account, asset)
      where folded.input is distinct from balance.input or folded.output is distinct from balance.output`);
    expect(drift).toEqual([]);
  });
});
