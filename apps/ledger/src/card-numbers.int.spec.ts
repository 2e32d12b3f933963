import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as grpc from '@grpc/grpc-js';
import { LedgerGrpcServer, ledgerServiceDefinition } from './grpc/ledger-grpc-server.js';
import { forged } from './import/forged-export.fixture.js';
import { TestLedger } from './ledger.fixture.js';

const CARD = '4242424242424242';
const WRITTEN = '4242 4242 4242 4242';

let ledger: TestLedger;
let before: string;
beforeAll(async () => {
  ledger = await TestLedger.start({ roles: ['http', 'grpc'] });
  await ledger.open('main');
  await ledger.transfer('main', { from: 'world', to: 'users:1', amount: 100 });
  before = await ledger.digest();
});
afterAll(() => ledger.stop());

const postings = [{ source: 'world', destination: 'users:1', amount: 1, asset: 'TRY/2' }];
const create = { postings };
const script = (plain: string, vars: object = {}) => ({ script: { plain, vars } });
const SEND_TO = `vars { account $to }\nsend [TRY/2 1] (source = @world destination = $to)`;
const NOTE = `vars { string $note }\nset_tx_meta("note", $note)\n`;
const TX = '/v2/main/transactions';

type Case = [where: string, path: string, body: unknown, loc: readonly (string | number)[], headers?: object];

const cases: Case[] = [
  ['a source', TX, { postings: [{ ...postings[0], source: `users:${CARD}` }] }, ['postings', 0, 'source']],
  [
    'a destination',
    TX,
    { postings: [{ ...postings[0], destination: `u:${CARD}` }] },
    ['postings', 0, 'destination'],
  ],
  ['a reference', TX, { ...create, reference: `order ${WRITTEN}` }, ['reference']],
  ['metadata', TX, { ...create, metadata: { note: WRITTEN } }, ['metadata', 'note']],
  ['a name in metadata', TX, { ...create, metadata: { [CARD]: 'x' } }, ['metadata']],
  [
    'metadata of an account',
    TX,
    { ...create, accountMetadata: { 'users:1': { note: CARD } } },
    ['accountMetadata', 'users:1', 'note'],
  ],
  [
    'an account that gets metadata',
    TX,
    { ...create, accountMetadata: { [CARD]: { a: 'b' } } },
    ['accountMetadata'],
  ],
  [
    'an account that a script names',
    TX,
    script(SEND_TO.replace('$to)', `@u:${CARD})`).replace('vars { account $to }\n', '')),
    ['script'],
  ],
  ['an account in a variable', TX, script(SEND_TO, { to: `u:${CARD}` }), ['script']],
  [
    'a text in a variable that becomes metadata',
    TX,
    script(`${NOTE}send [TRY/2 1] (source = @world destination = @users:1)`, { note: WRITTEN }),
    ['metadata', 'note'],
  ],
  [
    'an element of a bulk',
    '/v2/main/_bulk',
    [
      { action: 'CREATE_TRANSACTION', data: create },
      { action: 'CREATE_TRANSACTION', data: { ...create, metadata: { a: CARD } } },
    ],
    [1, 'metadata', 'a'],
  ],
  [
    'metadata of a reversal in a bulk',
    '/v2/main/_bulk',
    [{ action: 'REVERT_TRANSACTION', data: { id: 1, metadata: { a: CARD } } }],
    [0, 'metadata', 'a'],
  ],
  ['metadata of a reversal', `${TX}/1/revert`, { metadata: { a: CARD } }, ['metadata', 'a']],
  ['metadata of a transaction', `${TX}/1/metadata`, { a: CARD }, ['a']],
  ['metadata of an account later', '/v2/main/accounts/users:1/metadata', { a: CARD }, ['a']],
  ['metadata of a ledger', '/v2/other', { metadata: { a: CARD } }, ['metadata', 'a']],
];

describe('a card number is refused in words, repeated nowhere, and nothing is written', () => {
  it.each(cases)('as %s', async (_, path, body, loc) => {
    const answer = await ledger.call('POST', path, { body });
    expect([answer.status, answer.body.code]).toEqual([400, 'malformed']);
    expect(answer.body.errors).toEqual([
      { loc: ['body', ...loc], msg: expect.stringMatching(/no card number/), type: 'card-number' },
    ]);
    expect(answer.text.replaceAll(' ', '')).not.toContain(CARD);
    expect(await ledger.digest()).toBe(before);
  });

  it('as the idempotency key, of a request and of an element', async () => {
    const headers = { 'idempotency-key': CARD };
    const one = await ledger.call('POST', TX, { body: create, headers });
    const raw = JSON.stringify([{ action: 'CREATE_TRANSACTION', ik: CARD, data: create }]);
    const bulk = await ledger.call('POST', '/v2/main/_bulk', { raw });
    expect([one.status, one.body.errors[0].loc]).toEqual([400, ['header', 'idempotency-key']]);
    expect(bulk.status).toBe(400);
    expect(await ledger.digest()).toBe(before);
  });

  it('in what the administrator sets: the ledger’s name, account types, monitors', async () => {
    const condition = { account: 'users:1', asset: 'TRY/2', balance: 'available', op: 'lt', amount: 1 };
    const answers = [
      await ledger.call('POST', `/v2/${CARD}`, { body: {} }),
      await ledger.call('POST', '/v2/main/account-types', {
        body: { accountTypes: [{ pattern: `u:${CARD}` }] },
      }),
      await ledger.call('PUT', `/v2/main/monitors/${CARD}`, { body: condition }),
      await ledger.call('PUT', '/v2/main/monitors/low', { body: { ...condition, account: `u:${CARD}` } }),
      await ledger.call('PUT', '/v2/main/metadata', { body: { a: CARD } }),
    ];
    expect(answers.map(({ status, body }) => [status, body?.errors?.[0].type])).toEqual(
      answers.map(() => [400, 'card-number']),
    );
  });

  it('over gRPC', async () => {
    const port = ledger.replicas[0]?.get(LedgerGrpcServer).port;
    const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const metadata = new grpc.Metadata();
    metadata.set('authorization', `Bearer ${ledger.tokens.one}`);
    const method = ledgerServiceDefinition()['CreateTransaction'];
    const request = {
      ...{ ledger: 'main', idempotencyKey: 'g-1', reference: CARD },
      postings: [{ source: 'world', destination: 'users:1', amount: '1', asset: 'TRY/2' }],
    };
    const error = await new Promise<grpc.ServiceError | null>((resolve) =>
      client.makeUnaryRequest(
        method?.path ?? '',
        method?.requestSerialize as (value: object) => Buffer,
        method?.responseDeserialize as (bytes: Buffer) => object,
        request,
        metadata,
        (failure) => resolve(failure),
      ),
    );
    client.close();
    expect([error?.code, error?.details]).toEqual([
      grpc.status.INVALID_ARGUMENT,
      expect.stringMatching(/no card number/),
    ]);
    expect(await ledger.digest()).toBe(before);
  });

  it('of an import, by its line; an own export from before is kept when asked for', async () => {
    await ledger.open('old');
    await ledger.transfer(
      'old',
      { from: 'world', to: 'users:1', amount: 5 },
      { members: { metadata: { a: 'x' } } },
    );
    const exported = await fetch(`${ledger.replicas[0]?.url}/v2/old/logs/export`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ledger.tokens.one}` },
    });
    const text = forged(await exported.text(), (line) => {
      if (line.defter !== undefined) line.defter.payload = line.defter.payload.replace('"x"', `"${CARD}"`);
    });
    expect(text).toContain(CARD);
    await ledger.open('new');
    const headers = { 'content-type': 'application/octet-stream' };
    const refused = await ledger.call('POST', '/v2/new/logs/import', { raw: text, headers });
    expect([refused.status, refused.body.errors[0].loc]).toEqual([400, ['body', 'line', 2]]);
    expect(refused.body.errors[0].msg).toMatch(/card number.*keepCardNumbers=true/);
    expect(refused.text).not.toContain(CARD);
    const kept = await ledger.call('POST', '/v2/new/logs/import?keepCardNumbers=true', {
      raw: text,
      headers,
    });
    expect([kept.status, (await ledger.balance('new', 'users:1')).posted]).toEqual([204, 5]);
  });
});

describe('what is no card number is taken', () => {
  it('an amount with the digits of a card, a time, a UUID, an id with a letter', async () => {
    const body = {
      postings: [{ ...postings[0], amount: CARD, destination: 'taken:1' }],
      reference: `order${CARD}`,
      metadata: { at: '1700000000000', id: '42424242-4242-4242-8242-424242424242' },
    };
    expect((await ledger.call('POST', TX, { body })).status).toBe(200);
  });

  it('a metadata name that is one already can be deleted', async () => {
    const answer = await ledger.call('DELETE', `${TX}/1/metadata/${CARD}`);
    expect(answer.status).not.toBe(400);
  });
});
