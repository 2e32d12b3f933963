import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, TestLedger } from '../ledger.fixture.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2 });
  await ledger.open('main', { accountTypes: [{ pattern: 'credit:*', overdraftLimit: 50 }] });
});
afterAll(() => ledger.stop());

let accounts = 0;
/** An address that no other test uses, with so much TRY/2 on it. */
const funded = async (amount: number, name = 'users'): Promise<string> => {
  const account = `${name}:${++accounts}`;
  if (amount > 0) await ledger.transfer('main', { from: 'world', to: account, amount });
  return account;
};

interface Extra {
  readonly vars?: Record<string, unknown>;
  readonly members?: object;
  readonly query?: string;
  readonly key?: string;
}

const run = (plain: string, { vars, members, query = '', key }: Extra = {}): Promise<Answer> =>
  ledger.call('POST', `/v2/main/transactions${query}`, {
    body: { script: { plain, ...(vars === undefined ? {} : { vars }) }, ...members },
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });

const moved = ({ body }: Answer): string[] =>
  body.data.postings.map(
    ({ source, destination, amount }: { source: string; destination: string; amount: number }) =>
      `${source} > ${destination} ${amount}`,
  );

const available = async (account: string): Promise<number> =>
  (await ledger.balance('main', account)).available;

describe('a script', () => {
  it('is run on the balances of the moment, with its variables', async () => {
    const [main, bonus, shop] = [await funded(60), await funded(100), await funded(0)];
    const plain = `
      vars { monetary $price  account $main  account $bonus  account $shop  portion $fee }
      send $price (source = { $main max [TRY/2 90] from $bonus }
        destination = { $fee to @fees  remaining to $shop })
      set_tx_meta("price", $price)
      set_account_meta($shop, "last", "sale")`;
    const vars = { price: 'TRY/2 101', main, bonus, shop, fee: '12.5%' };
    const answer = await run(plain, { vars, members: { metadata: { order: '7' } } });
    expect(answer.status).toBe(200);
    // 12.5 % of 101 is 12.625: 12 and 88 rounded down, and the unit that is left goes to the first.
    expect(moved(answer)).toEqual([`${main} > fees 13`, `${main} > ${shop} 47`, `${bonus} > ${shop} 41`]);
    expect(answer.body.data.metadata).toEqual({ order: '7', price: 'TRY/2 101' });
    const { body } = await ledger.call('GET', `/v2/main/accounts/${shop}`);
    expect(body.data.metadata).toEqual({ last: 'sale' });
    expect([await available(main), await available(bonus), await available(shop)]).toEqual([0, 59, 88]);
  });

  it('says who was short, of what was missing when it was asked', async () => {
    const [a, b] = [await funded(40), await funded(20)];
    const before = await ledger.digest();
    const { status, body } = await run(`send [TRY/2 100] (source = { @${a} @${b} } destination = @x)`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ errorCode: 'INSUFFICIENT_FUND', code: 'insufficient-funds', account: b });
    expect(body).toMatchObject({ asset: 'TRY/2', needed: 60, available: 20 });
    expect(await ledger.digest()).toBe(before);
  });

  it('sends all that is there, and is refused when that is nothing', async () => {
    const [a, b] = [await funded(7), await funded(0)];
    const sweep = `send [TRY/2 *] (source = { @${a} @${b} } destination = @swept)`;
    expect(moved(await run(sweep))).toEqual([`${a} > swept 7`]);
    const { status, body } = await run(sweep);
    expect(status).toBe(400);
    expect(body).toMatchObject({ errorCode: 'NO_POSTINGS', code: 'script-moves-nothing' });
  });

  it('moves no amount that the messages about it could not say', async () => {
    const amount = '9'.repeat(78);
    for (const part of [1, 2]) {
      const raw = `{"postings":[{"source":"world","destination":"vast","amount":${amount},"asset":"X"}]}`;
      expect([part, (await ledger.call('POST', '/v2/main/transactions', { raw })).status]).toEqual([
        part,
        200,
      ]);
    }
    const { status, body } = await run('send [X *] (source = @vast destination = @other)');
    expect([status, body.code]).toEqual([400, 'amount-too-large']);
    expect(moved(await run(`send [X ${amount}] (source = @vast destination = @other)`))).toHaveLength(1);
  });

  it('never takes an account below the floor of its type, whatever it allows itself', async () => {
    const [plain, credit] = [await funded(10), await funded(10, 'credit')];
    const over = (account: string, amount: number, clause: string, query = '') =>
      run(`send [TRY/2 ${amount}] (source = @${account} ${clause} destination = @x)`, { query });
    const unbounded = 'allowing unbounded overdraft';
    expect((await over(plain, 11, unbounded)).body).toMatchObject({ account: plain, available: 10 });
    expect((await over(credit, 11, '')).body).toMatchObject({ account: credit, available: 10 });
    expect((await over(credit, 41, 'allowing overdraft up to [TRY/2 30]')).status).toBe(400);
    expect((await over(credit, 40, 'allowing overdraft up to [TRY/2 30]')).status).toBe(200);
    expect((await over(credit, 21, unbounded)).status).toBe(400);
    expect((await over(credit, 20, unbounded)).status).toBe(200);
    expect(await available(credit)).toBe(-50);
    // Force skips the floors, and not what the script says itself.
    expect((await over(plain, 11, '', '?force=true')).status).toBe(400);
    expect((await over(plain, 11, unbounded, '?force=true')).status).toBe(200);
  });

  it('reports what comes before funds first', async () => {
    await ledger.open('closing', { accountTypes: [{ pattern: 'old:*', closed: true }] });
    await ledger.transfer('closing', { from: 'world', to: 'a', amount: 5 }, { members: { reference: 'r1' } });
    const refusal = async (plain: string, members: object = {}) =>
      (await ledger.call('POST', '/v2/closing/transactions', { body: { script: { plain }, ...members } }))
        .body.code;
    const short = 'send [TRY/2 100] (source = @a destination = @b)';
    expect(await refusal(short, { reference: 'r1' })).toBe('reference-taken');
    expect(await refusal('send [TRY/2 100] (source = @a destination = @old:1)')).toBe('account-closed');
    expect(await refusal('send [TRY/2 1] (source = @a destination = @old:1)')).toBe('account-closed');
    expect(await refusal(short)).toBe('insufficient-funds');
  });

  it('can reserve: what a hold announces, no later statement can send on', async () => {
    const a = await funded(10);
    const chain = `send [TRY/2 10] (source = @world destination = @through:${a})
      send [TRY/2 10] (source = { @through:${a} @${a} } destination = @end:${a})`;
    const members = { status: 'pending' };
    const tried = await run(chain, { members, query: '?dryRun=true' });
    expect(moved(tried)).toEqual([`world > through:${a} 10`, `${a} > end:${a} 10`]);
    expect(moved(await run(chain, { query: '?dryRun=true' }))[1]).toBe(`through:${a} > end:${a} 10`);
    const held = await run(`send [TRY/2 10] (source = @${a} destination = @end:${a})`, { members });
    expect(held.body.data.status).toBe('pending');
    expect(await available(a)).toBe(0);
    const posted = await ledger.call('POST', `/v2/main/transactions/${held.body.data.id}/post`, { body: {} });
    expect(posted.status).toBe(200);
    expect(await available(`end:${a}`)).toBe(10);
  });

  it('has no effect as a dry run', async () => {
    const a = await funded(5);
    const before = await ledger.digest();
    const answer = await run(`send [TRY/2 *] (source = @${a} destination = @b)`, { query: '?dryRun=true' });
    expect(moved(answer)).toEqual([`${a} > b 5`]);
    expect(await ledger.digest()).toBe(before);
  });

  it('has its effect once with a key, also with other blanks, and not with other values', async () => {
    const a = await funded(10);
    const plain = `vars { monetary $m } send $m (source = @${a} destination = @once:${a})`;
    const first = await run(plain, { vars: { m: 'TRY/2 4' }, key: `once-${a}` });
    const spaced = plain.replaceAll(' ', ' \n // again\n');
    const again = await run(spaced, { vars: { m: { asset: 'TRY/2', amount: 4 } }, key: `once-${a}` });
    expect(again.headers.get('idempotency-hit')).toBe('true');
    expect(again.text).toBe(first.text);
    const other = await run(plain, { vars: { m: 'TRY/2 5' }, key: `once-${a}` });
    expect(other.body.code).toBe('idempotency-key-conflict');
    expect(await available(a)).toBe(6);
  });

  it('sees in a bulk what the elements before it left', async () => {
    const a = await funded(0);
    const create = (data: object) => ({ action: 'CREATE_TRANSACTION', data });
    const sweep = { script: { plain: `send [TRY/2 *] (source = @${a} destination = @bulk:${a})` } };
    const { status, body } = await ledger.call('POST', '/v2/main/_bulk', {
      body: [
        create({ postings: [{ source: 'world', destination: a, amount: 3, asset: 'TRY/2' }] }),
        create(sweep),
        create(sweep),
      ],
    });
    expect(status).toBe(400);
    expect(body.data[1].data.postings).toMatchObject([{ source: a, amount: 3 }]);
    expect(body.data[2]).toMatchObject({ errorCode: 'NO_POSTINGS', code: 'script-moves-nothing' });
    const broken = await ledger.call('POST', '/v2/main/_bulk', {
      body: [create({ script: { plain: 'send' } })],
    });
    expect(broken.body).toMatchObject({ errorCode: 'COMPILATION_FAILED', line: 1, column: 5 });
    expect(broken.body.errors[0].loc).toEqual(['body', 0, 'script', 'plain']);
  });

  it('carries amounts far above 2^53 to the digit', async () => {
    const [whole, half] = [10n ** 40n + 1n, 10n ** 40n / 2n];
    const plain = `send [ETH/18 ${whole}] (source = @world destination = { 1/2 to @half:1 1/2 to @half:2 })`;
    const { text } = await run(plain);
    expect(text).toContain(`"amount":${half + 1n},`);
    expect(text).toContain(`"amount":${half},`);
  });
});

describe('fifty scripts at once', () => {
  it('through two replicas never overdraw what their sources share', async () => {
    const [first, second] = [await funded(100), await funded(55)];
    const plain = `send [TRY/2 10] (source = { @${first} @${second} } destination = @shared)`;
    const answers = await Promise.all(Array.from({ length: 50 }, () => run(plain)));
    const taken = answers.filter(({ status }) => status === 200);
    expect(taken).toHaveLength(15);
    expect(answers.filter(({ body }) => body.code === 'insufficient-funds')).toHaveLength(35);
    expect([await available(first), await available(second), await available('shared')]).toEqual([0, 5, 150]);
    expect(taken.flatMap(moved).filter((each) => each.startsWith(first))).toHaveLength(10);
  });
});

describe('what cannot be run', () => {
  const refused = async (plain: string, extra: Extra = {}) => {
    const { status, body } = await run(plain, extra);
    expect(status).toBe(400);
    return body;
  };

  it('is refused with its place, and changes nothing', async () => {
    const before = await ledger.digest();
    const body = await refused('send [TRY/2 10] (\n  source = @a,\n  to @b\n)');
    expect(body).toMatchObject({
      errorCode: 'COMPILATION_FAILED',
      code: 'script-invalid',
      line: 3,
      column: 3,
    });
    expect(body.detail).toBe('body.script.plain: line 3, column 3: expected "destination", found "to"');
    expect(await ledger.digest()).toBe(before);
  });

  it('names every variable that is missing, unknown or of another type', async () => {
    const plain = `vars { monetary $m account $a number $n } send $m (source = @world destination = $a)`;
    const body = await refused(plain, { vars: { m: 'TRY/2 1.5', a: 'a b', x: '1' } });
    expect(body).toMatchObject({ errorCode: 'VALIDATION', code: 'malformed' });
    expect(body.errors.map(({ loc }: { loc: string[] }) => loc.join('.'))).toEqual(
      ['m', 'a', 'n', 'x'].map((name) => `body.script.vars.${name}`),
    );
  });

  it('sets no metadata that the request sets too', async () => {
    const plain = 'send [TRY/2 1] (source = @world destination = @a) set_tx_meta("k", 1)';
    const body = await refused(plain, { members: { metadata: { k: '2' } } });
    expect(body).toMatchObject({ errorCode: 'METADATA_OVERRIDE', code: 'metadata-override' });
    const onAccount = 'send [TRY/2 1] (source = @world destination = @a) set_account_meta(@a, "k", 1)';
    const twice = await refused(onAccount, { members: { accountMetadata: { a: { k: '2' } } } });
    expect(twice.errorCode).toBe('METADATA_OVERRIDE');
  });

  it('goes without postings, and sets no metadata that could not be stored', async () => {
    const plain = 'send [TRY/2 1] (source = @world destination = @a)';
    const postings = [{ source: 'world', destination: 'a', amount: 1, asset: 'TRY/2' }];
    expect((await refused(plain, { members: { postings } })).code).toBe('malformed');
    expect((await refused(`${plain} set_tx_meta("", 1)`)).code).toBe('malformed');
    const vars = { s: 'a\u0000b' };
    expect((await refused(`vars { string $s } ${plain} set_tx_meta("k", $s)`, { vars })).code).toBe(
      'malformed',
    );
  });
});
