import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@defter/platform';
import { BatchCommitter } from '../engine/commit-batch.js';
import { type Answer, TestLedger } from '../ledger.fixture.js';
import { forged, type ForgedLine } from './forged-export.fixture.js';
import type { RefusedKeyLine } from './import-line.wire.js';
import { restoreRefusedKeys } from './restore-rules.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start();
});
afterAll(() => ledger.stop());

let opened = 0;
const open = async (): Promise<string> => {
  const name = `live-${++opened}`;
  await ledger.open(name);
  return name;
};
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
const deposit = (name: string, account: string): Promise<Answer> =>
  ledger.transfer(name, { from: 'world', to: account, amount: 100 });
/** A ledger of three batches and a refused key. */
const source = async (): Promise<string> => {
  const name = await open();
  for (const account of ['a', 'b', 'c']) await deposit(name, account);
  await ledger.transfer(name, { from: 'a', to: 'b', amount: 101 }, { key: 'refused' });
  return name;
};
const codeOf = ({ status, body }: Answer): unknown => [status, body?.code];
const CONFLICT = [409, 'import-conflict'];

describe('money cannot be imported', () => {
  it('into a ledger that was restored and is a ledger like any other since', async () => {
    const from = await source();
    const to = await open();
    expect((await importTo(to, await exportOf(from))).status).toBe(204);
    await deposit(from, 'mallory');
    expect(codeOf(await importTo(to, await exportOf(from)))).toEqual(CONFLICT);
    expect((await ledger.transfer(to, { from: 'mallory', to: 'd', amount: 1 })).body.code).toBe(
      'insufficient-funds',
    );
  });

  it('into a ledger that goes on by itself, behind its own beginning', async () => {
    const from = await source();
    const text = await exportOf(from);
    const target = await open();
    await importTo(target, text.split('\n').slice(0, 5).join('\n'));
    const refused = await ledger.transfer(target, { from: 'z', to: 'd', amount: 1 }, { key: 'own' });
    expect(refused.body.code).toBe('insufficient-funds');
    expect(codeOf(await importTo(target, text))).toEqual(CONFLICT);
  });

  it('into a live ledger, as a batch that somebody made up to follow its own', async () => {
    const name = await source();
    await deposit(name, 'mallory');
    const text = await exportOf(name);
    expect((await importTo(name, text)).status).toBe(204);
    expect(codeOf(await importTo(name, forgedMore(text)))).toEqual(CONFLICT);
    expect((await ledger.transfer(name, { from: 'eve', to: 'd', amount: 1 })).status).toBe(400);
  });

  it('into a ledger that has refused a key only', async () => {
    const to = await open();
    await ledger.transfer(to, { from: 'z', to: 'd', amount: 1 }, { key: 'own' });
    expect(codeOf(await importTo(to, await exportOf(await source())))).toEqual(CONFLICT);
  });
});

/** The last deposit once more, as a batch of its own behind all others. */
const forgedMore = (text: string): string => {
  const lines = text.trim().split('\n');
  const at = lines.findIndex((line) => line.includes('DEFTER_REFUSED_KEY'));
  const [event, batch] = lines.slice(at - 2, at).map((line) => JSON.parse(line) as Record<string, never>);
  const { id, defter } = event as unknown as ForgedLine;
  const created = defter.payload.replace(`"id":${id}`, `"id":${id + 1}`).replaceAll('mallory', 'eve');
  const balances = `[["0","${(id + 1) * 100}","0","0"],["100","0","0","0"]]`;
  const payload = created.replace(/"after":.*/, `"after":${balances}}`);
  const number = defter.batch + 1;
  const more = [
    { ...event, id: id + 1, defter: { ...defter, batch: number, payload } },
    { ...batch, batch: number, first: id + 1, last: id + 1 },
  ];
  lines.splice(at, 0, ...more.map((line) => JSON.stringify(line)));
  return forged(lines.join('\n'), () => undefined);
};

describe('the times of an import', () => {
  const set =
    (batch: number, date: string, events = true) =>
    (line: ForgedLine) => {
      if (line.type === 'DEFTER_BATCH' && line.batch === batch) line.date = date;
      if (events && line.defter?.batch === batch) line.date = date;
    };
  it.each([
    ['go back', set(2, '2001-01-01T00:00:00.000000Z'), 5, 'has a date before'],
    ['lie ahead', set(3, '2999-01-01T00:00:00.000000Z'), 7, 'has a date after'],
    ['are not those of the batch', set(1, '2001-01-01T00:00:00.000000Z', false), 2, 'must have the date'],
  ])('are refused when they %s', async (_what, change, line, msg) => {
    const to = await open();
    const text = forged(await exportOf(await source()), change);
    const { status, body } = await importTo(to, text);
    expect([status, body.errors?.[0].loc]).toEqual([400, ['body', 'line', line]]);
    expect(body.errors[0].msg).toContain(msg);
  });

  it('are those of the file, when they are in order', async () => {
    const text = forged(await exportOf(await source()), set(1, '2001-01-01T00:00:00.000000Z'));
    const to = await open();
    expect((await importTo(to, text)).status).toBe(204);
    expect(await exportOf(to)).toContain('"date":"2001-01-01T00:00:00.000000Z"');
  });
});

describe('a refused key that is imported', () => {
  it('is refused also by a writer that read before', async () => {
    const name = await open();
    const { database } = ledger.database;
    const [row] = await database.query<{ id: number }>(
      `select ledger_id as id from ledger where tenant_id = 't_one' and name = $1`,
      [name],
    );
    const ledgerId = row?.id ?? 0;
    const committer = new BatchCommitter(database, createLogger('test', 'silent'), ledgerId);
    const postings = [{ source: 'world', destination: 'a', asset: 'TRY/2', amount: 1n }];
    const command = {
      type: 'CreateTransaction',
      postings,
      metadata: {},
      pending: false,
      force: false,
    } as const;
    const groups = [{ submissions: [{ command, key: 'k' }], mode: 'continue', dryRun: false } as const];
    const prepared = await committer.prepare(groups);
    expect(prepared?.outcomes).toMatchObject([[{ accepted: true }]]);
    const line: RefusedKeyLine = {
      type: 'DEFTER_REFUSED_KEY',
      idempotencyKey: 'k',
      fingerprint: '0'.repeat(32),
      date: '2001-01-01T00:00:00.000000Z',
      refusal: { code: 'account-closed' },
    };
    await restoreRefusedKeys(database, ledgerId, [line]);
    const outcomes = await committer.write(groups, prepared);
    expect(outcomes).toMatchObject([[{ accepted: false, refusal: { code: 'idempotency-key-conflict' } }]]);
  });
});
