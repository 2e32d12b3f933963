import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger, Database } from '@defter/platform';
import { HoldExpiry } from '../expiry/hold-expiry.js';
import { type Answer, TestLedger } from '../ledger.fixture.js';
import { ledgerDigest } from '../rebuild/ledger-digest.js';

let ledger: TestLedger;
let owner: Database;
beforeAll(async () => {
  ledger = await TestLedger.start();
  const logger = createLogger('test', 'silent');
  owner = new Database({ url: ledger.database.adminUrl, name: 'test owner', logger, poolSize: 2 });
});
afterAll(async () => {
  await owner.close();
  await ledger.stop();
});

const exportOf = async (name: string): Promise<string> => {
  const headers = { authorization: `Bearer ${ledger.tokens.one}` };
  const url = `${ledger.replicas[0]?.url}/v2/${name}/logs/export`;
  return (await fetch(url, { method: 'POST', headers })).text();
};
const importTo = (name: string, raw: string): Promise<Answer> =>
  ledger.call('POST', `/v2/${name}/logs/import`, {
    raw,
    headers: { 'content-type': 'application/octet-stream' },
  });
const idOf = async (name: string): Promise<number> => {
  const sql = `select ledger_id as id from ledger where tenant_id = 't_one' and name = $1`;
  const [row] = await owner.query<{ id: number }>(sql, [name]);
  return row?.id ?? 0;
};
const digestOf = async (name: string): Promise<object> => ledgerDigest(owner, await idOf(name));

/** The ledgers in which holds are expired, up to the turn in which this one is among them. */
const expiredUntil = async (last: number): Promise<readonly number[]> => {
  const ledgers: number[] = [];
  const submit = (ledgerId: number) => Promise.resolve(ledgers.push(ledgerId));
  const parts: { start(): Promise<void>; stop(): Promise<void> }[] = [];
  const register = (part: (typeof parts)[number]) => parts.push(part);
  const of = [owner, { submit }, { register }, createLogger('test', 'silent')] as unknown;
  new HoldExpiry(...(of as ConstructorParameters<typeof HoldExpiry>));
  await parts[0]?.start();
  for (let turn = 0; turn < 200 && !ledgers.includes(last); turn++) await sleep(50);
  await parts[0]?.stop();
  expect(ledgers).toContain(last);
  return ledgers;
};

describe('a ledger that is being restored', () => {
  it('keeps a hold that is due: the file may go on to capture it', async () => {
    await ledger.open('held');
    await ledger.transfer('held', { from: 'world', to: 'a', amount: 100 });
    const members = { status: 'pending', expiresIn: 2 };
    await ledger.transfer('held', { from: 'a', to: 'b', amount: 30 }, { members });
    const captured = await ledger.call('POST', '/v2/held/transactions/2/post', { body: {} });
    expect(captured.status).toBe(200);
    const text = await exportOf('held');
    await ledger.open('half');
    const lines = text.trim().split('\n');
    // Without the capture: what comes before the end that doesn't fit is restored.
    expect((await importTo('half', [...lines.slice(0, 5), ...lines.slice(-1)].join('\n'))).status).toBe(400);
    await ledger.open('other');
    await ledger.transfer('other', { from: 'world', to: 'a', amount: 1 });
    await ledger.transfer('other', { from: 'a', to: 'b', amount: 1 }, { members });
    expect(await expiredUntil(await idOf('other'))).not.toContain(await idOf('half'));
    expect((await importTo('half', text)).status).toBe(204);
    expect(await digestOf('half')).toEqual(await digestOf('held'));
  });
});

describe('names that JavaScript gives a meaning of its own', () => {
  it('are names like any other', async () => {
    await ledger.open('named');
    const names = ['__proto__', 'constructor', 'toString'];
    for (const to of names) await ledger.transfer('named', { from: 'world', to, amount: 100 });
    const plain = names.flatMap((name) => [
      `set_tx_meta("${name}", "x")`,
      `set_account_meta(@${name}, "${name}", "y")`,
    ]);
    const send = 'send [TRY/2 5] (source = @__proto__ destination = @constructor)';
    const body = { script: { plain: [send, ...plain].join('\n') } };
    expect((await ledger.call('POST', '/v2/named/transactions', { body })).status).toBe(200);
    await owner.query(
      `update ledger set metadata = '{"__proto__": "z", "constructor": "w"}' where name = 'named'`,
    );
    const text = await exportOf('named');
    await ledger.open('named-too');
    expect((await importTo('named-too', text)).text).toBe('');
    expect(await digestOf('named-too')).toEqual(await digestOf('named'));
    expect(await ledger.balance('named-too', '__proto__')).toMatchObject({ posted: 95 });
    const [row] = await owner.query(`select metadata::text from ledger where name = 'named-too'`);
    expect(row).toEqual({ metadata: '{"__proto__": "z", "constructor": "w"}' });
  });
});
