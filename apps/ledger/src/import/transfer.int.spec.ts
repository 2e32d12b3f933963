import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createLogger, Database } from '@defter/platform';
import { clientOf, refusalOf } from '../compatibility/client.fixture.js';
import { histories, play } from '../history.fixture.js';
import { type Answer, TestLedger } from '../ledger.fixture.js';
import { ledgerDigest } from '../rebuild/ledger-digest.js';
import { rebuildJob } from '../rebuild/rebuild.job.js';

let ledger: TestLedger;
let owner: Database;
beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2 });
  const logger = createLogger('test', 'silent');
  owner = new Database({ url: ledger.database.adminUrl, name: 'test owner', logger, poolSize: 2 });
});
afterAll(async () => {
  await owner.close();
  await ledger.stop();
});

let opened = 0;
const open = async (body: object = {}): Promise<string> => {
  const name = `moved-${++opened}`;
  await ledger.open(name, body);
  return name;
};
const exportOf = async (name: string): Promise<string> => {
  const response = await fetch(`${ledger.replicas[0]?.url}/v2/${name}/logs/export`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ledger.tokens.one}` },
  });
  expect(response.status).toBe(200);
  return response.text();
};
const importTo = (name: string, raw: string, more: object = {}): Promise<Answer> =>
  ledger.call('POST', `/v2/${name}/logs/import`, {
    raw,
    headers: { 'content-type': 'application/octet-stream' },
    ...more,
  });
const digestOf = async (name: string): Promise<object> => {
  const [row] = await owner.query<{ id: number }>(
    `select ledger_id as id from ledger where tenant_id = 't_one' and name = $1`,
    [name],
  );
  return ledgerDigest(owner, row?.id ?? 0);
};
const rules = {
  strict: false,
  metadata: { branch: 'İzmir' },
  accountTypes: [
    { pattern: 'users:*', overdraftLimit: '123456789012345678901234567890' },
    { pattern: 'fees', mayOverdraw: true },
    { pattern: 'Zoo-9_x', closed: true },
  ],
};
/** A ledger with something of everything. */
const busy = async (): Promise<string> => {
  const name = await open(rules);
  await ledger.transfer(name, { from: 'world', to: 'a', amount: 100 }, { key: 'k1' });
  await ledger.transfer(
    name,
    { from: 'a', to: 'b', amount: 30 },
    { members: { status: 'pending', reference: 'h' } },
  );
  await ledger.transfer(name, { from: 'a', to: 'b', amount: 71 }, { key: 'k2' });
  await ledger.call('POST', `/v2/${name}/transactions/1/metadata`, { body: { note: 'x\u2028y' } });
  await ledger.transfer(name, { from: 'b', to: 'c', amount: 5 }, { members: { force: true } });
  return name;
};

describe('an export, imported', () => {
  it('gives a ledger with the same digest, for any history (law 7)', async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const from = await open(rules);
        await play(ledger, from, history);
        const text = await exportOf(from);
        const to = await open();
        expect((await importTo(to, text)).status).toBe(204);
        expect(await digestOf(to)).toEqual(await digestOf(from));
        const args = ['--tenant-id', 't_one', '--ledger', to];
        expect(await rebuildJob({ args, owner, env: {}, print: () => undefined })).toBe(0);
        const [again, before] = await Promise.all([exportOf(to), Promise.resolve(text)]);
        const undated = (lines: string) => lines.split('\n').slice(1, -2);
        expect(undated(again)).toEqual(undated(before));
      }),
      { numRuns: 30 },
    );
  });

  it('decides on as the first one would have: holds, references, keys, refusals, types', async () => {
    const from = await busy();
    const to = await open();
    await importTo(to, await exportOf(from));
    for (const name of [from, to]) {
      const repeated = await ledger.transfer(name, { from: 'world', to: 'a', amount: 100 }, { key: 'k1' });
      expect([repeated.status, repeated.headers.get('idempotency-hit')]).toEqual([200, 'true']);
      const refused = await ledger.transfer(name, { from: 'a', to: 'b', amount: 71 }, { key: 'k2' });
      expect([refused.body.code, refused.headers.get('idempotency-hit')]).toEqual([
        'insufficient-funds',
        'true',
      ]);
      const other = await ledger.transfer(name, { from: 'a', to: 'b', amount: 1 }, { key: 'k1' });
      expect(other.body.code).toBe('idempotency-key-conflict');
      const taken = await ledger.transfer(
        name,
        { from: 'a', to: 'b', amount: 1 },
        { members: { reference: 'h' } },
      );
      expect(taken.body.code).toBe('reference-taken');
      const closed = await ledger.transfer(name, { from: 'a', to: 'Zoo-9_x', amount: 1 });
      expect(closed.body.code).toBe('account-closed');
      const captured = await ledger.call('POST', `/v2/${name}/transactions/2/post`, { body: {} });
      expect(captured.status).toBe(200);
      expect(await ledger.balance(name, 'a')).toMatchObject({ posted: 70, available: 70 });
    }
    const [one, two] = await Promise.all(
      [from, to].map(
        async (name) => (await ledger.call('GET', `/v2/${name}/transactions`)).body.cursor.data.length,
      ),
    );
    expect(one).toBe(two);
  });

  it('passes through the published client unchanged', async () => {
    const from = await busy();
    const to = await open();
    const seen: Response[] = [];
    const client = clientOf(ledger, seen);
    await client.exportLogs({ ledger: from });
    const bytes = new Uint8Array((await seen[0]?.arrayBuffer()) ?? []);
    await client.importLogs({ ledger: to, v2ImportLogsRequest: bytes });
    expect(await digestOf(to)).toEqual(await digestOf(from));
    await client.importLogs({ ledger: await open(), v2ImportLogsRequest: new Uint8Array() });
    const wrong = client.importLogs({ ledger: await open(), v2ImportLogsRequest: bytes.slice(0, 99) });
    expect(await refusalOf(wrong)).toEqual([400, 'VALIDATION']);
  });
});

describe('an import', () => {
  it('of nothing answers, and changes nothing', async () => {
    const to = await open();
    expect((await importTo(to, '')).status).toBe(204);
    expect((await ledger.call('POST', `/v2/${to}/logs/import`)).status).toBe(204);
  });

  it('may be repeated, also after the ledger went on', async () => {
    const from = await busy();
    const text = await exportOf(from);
    const to = await open();
    await importTo(to, text);
    expect((await importTo(to, text)).status).toBe(204);
    expect(await digestOf(to)).toEqual(await digestOf(from));
    await ledger.transfer(to, { from: 'world', to: 'a', amount: 1 });
    expect((await importTo(to, text)).status).toBe(204);
    expect(await ledger.balance(to, 'a')).toMatchObject({ posted: 101 });
  });

  it('goes on where it broke off', async () => {
    const from = await busy();
    const text = await exportOf(from);
    const to = await open();
    const lines = text.split('\n');
    const cut = await importTo(to, lines.slice(0, 6).join('\n'));
    expect(cut.body.errors[0]).toMatchObject({ loc: ['body', 'line', 7] });
    expect((await importTo(to, text.slice(0, -40))).status).toBe(400);
    expect((await importTo(to, text)).status).toBe(204);
    expect(await digestOf(to)).toEqual(await digestOf(from));
  });

  it('ten at once are one', async () => {
    const from = await busy();
    const text = await exportOf(from);
    const to = await open();
    const answers = await Promise.all(Array.from({ length: 10 }, () => importTo(to, text)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 204));
    expect(await digestOf(to)).toEqual(await digestOf(from));
  });

  it('is refused by a ledger that has other events', async () => {
    const text = await exportOf(await busy());
    const to = await open();
    await ledger.transfer(to, { from: 'world', to: 'a', amount: 100 });
    const before = await digestOf(to);
    const answer = await importTo(to, text);
    expect([answer.status, answer.body.code, answer.body.errorCode]).toEqual([
      409,
      'import-conflict',
      'CONFLICT',
    ]);
    expect(await digestOf(to)).toEqual(before);
  });

  it('needs ledger:admin, and the ledger of its own tenant', async () => {
    const to = await open();
    expect((await importTo(to, '', { token: ledger.tokens.reader })).status).toBe(403);
    expect((await importTo(to, '', { token: ledger.tokens.two })).status).toBe(404);
  });
});

describe('a line that was changed', () => {
  let lines: string[];
  beforeAll(async () => {
    lines = (await exportOf(await busy())).split('\n');
  });
  const line = (type: string) => lines.findIndex((each) => each.includes(`"type":"${type}"`));

  it.each([
    ['no JSON', 2, () => '{"id":'],
    ['another amount', 2, (text: string) => text.replaceAll('\\"100\\"', '\\"101\\"')],
    ['another time', 2, (text: string) => text.replace(/"date":"20/, '"date":"21')],
    ['another key', 2, (text: string) => text.replace('"k1"', '"k9"')],
    ['another number', 4, (text: string) => text.replace('"id":2', '"id":3')],
    ['left out', 4, () => '{}'],
    ['a foreign address', 2, (text: string) => text.replaceAll('\\"a\\"', '\\"a b\\"')],
    ['twice the same member', 2, (text: string) => text.replace('{', '{"id":1,')],
  ])('is found with its number: %s', async (_what, number, change) => {
    const spoiled = lines.map((text, index) => (index === number - 1 ? change(text) : text));
    const answer = await importTo(await open(), spoiled.join('\n'));
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed']);
    expect(answer.body.errors[0].loc.slice(0, 2)).toEqual(['body', 'line']);
    expect([number, number + 1]).toContain(answer.body.errors[0].loc[2]);
  });

  it('is found also where no event is: rules, refused keys, the end', async () => {
    const changes: [number, (text: string) => string][] = [
      [0, (text) => text.replace('İzmir', 'Ankara')],
      [line('DEFTER_REFUSED_KEY'), (text) => text.replace('insufficient-funds', 'account-closed')],
      [line('DEFTER_END'), (text) => text.replace(/"lines":\d+/, '"lines":1')],
    ];
    for (const [at, change] of changes) {
      const spoiled = lines.map((text, index) => (index === at ? change(text) : text));
      const to = await open();
      const answer = await importTo(to, spoiled.join('\n'));
      expect([answer.status, answer.body.errors?.[0].loc[2]]).toEqual([400, line('DEFTER_END') + 1]);
      const view = await ledger.call('GET', `/v2/${to}`);
      expect(view.body.data.metadata).toEqual({});
    }
  });
});

describe('a stream', () => {
  it('is answered while its sender still sends, when it is refused', async () => {
    const to = await open();
    const { hostname, port } = new URL(ledger.replicas[0]?.url ?? '');
    const socket = connect(parseInt(port, 10), hostname);
    const answered = new Promise<string>((resolve) =>
      socket.once('data', (data) => resolve(data.toString())),
    );
    socket.write(
      `POST /v2/${to}/logs/import HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ledger.tokens.one}\r\n` +
        'Transfer-Encoding: chunked\r\n\r\n4\r\nx\ny\n\r\n',
    );
    expect(await answered).toContain('400 Bad Request');
    socket.destroy();
  });

  it('to a route that takes none is refused', async () => {
    const name = await open();
    const headers = { 'content-type': 'application/vnd.defter.stream' };
    const answer = await ledger.call('POST', `/v2/${name}/transactions`, { raw: '{}', headers });
    expect(answer.status).toBe(415);
  });
});
