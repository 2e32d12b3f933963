/** What a ledger took in before card numbers were refused goes on; nothing new comes in beside it. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as grpc from '@grpc/grpc-js';
import type { CreateTransactionRequest, SubmitReply, SubmitRequest } from '@defter/ledger-contracts';
import { eventually } from '@defter/testing';
import type { GroupMode, Submission } from './engine/submission.js';
import { toSubmission } from './grpc/command.wire.js';
import { LedgerGrpcServer, ledgerServiceDefinition } from './grpc/ledger-grpc-server.js';
import { LedgerEngine } from './ledger-engine.js';
import { TestLedger } from './ledger.fixture.js';
import { toBulk } from './transactions/bulk.wire.js';
import { fromBody } from './transactions/transaction.wire.js';

const CARD = '4242424242424242';
const OTHER = '5555555555554444';
const TX = '/v2/main/transactions';

let ledger: TestLedger;
let client: grpc.Client;
beforeAll(async () => {
  ledger = await TestLedger.start({ roles: ['http', 'grpc'] });
  await ledger.open('main');
  const port = ledger.replicas[0]?.get(LedgerGrpcServer).port;
  client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
});
afterAll(async () => {
  client.close();
  await ledger.stop();
});

/** As it was taken in by a process that looked for no card numbers. */
const before = (submissions: readonly Submission[], mode: GroupMode = 'continue') =>
  ledger.replicas[0]?.get(LedgerEngine).submitAll(
    { tenantId: 't_one', ledger: 'main' },
    submissions.map((each) => ({ ...each, isVouchedFor: true })),
    { mode, dryRun: false, sharesKey: true },
  );

const to = (destination: string, amount = 1, source = 'world') => ({
  postings: [{ source, destination, amount, asset: 'TRY/2' }],
});
const submissionOf = (body: object, key: string): Submission => ({ command: fromBody(body as never), key });
const post = (body: object, key?: string) =>
  ledger.call('POST', TX, { body, headers: key === undefined ? {} : { 'idempotency-key': key } });
const isCardNumber = (answer: { status: number; body: { errors?: { type: string }[] } }) =>
  answer.status === 400 && answer.body.errors?.[0]?.type === 'card-number';

const metadata = () => {
  const found = new grpc.Metadata();
  found.set('authorization', `Bearer ${ledger.tokens.one}`);
  return found;
};

describe('a key that was used answers what it answered', () => {
  it('of one transaction, accepted or refused, whatever part of it holds a card number', async () => {
    const accepted = { ...to('users:1'), reference: CARD };
    const refused = { ...to('users:2', 7, 'users:poor'), metadata: { note: CARD } };
    await before([submissionOf(accepted, 'k-1'), submissionOf(refused, 'k-2')]);
    await before([submissionOf(to('users:1'), CARD)]);
    const digest = await ledger.digest();
    const answers = [
      await post(accepted, 'k-1'),
      await post(refused, 'k-2'),
      await post(to('users:1'), CARD),
    ];
    expect(answers.map(({ status, headers }) => [status, headers.get('idempotency-hit')])).toEqual([
      [200, 'true'],
      [expect.any(Number), 'true'],
      [200, 'true'],
    ]);
    expect(answers[1]?.body.code).toBe('insufficient-funds');
    expect((await post({ ...accepted, reference: OTHER }, 'k-1')).body.code).toBe('idempotency-key-conflict');
    expect(isCardNumber(await post(accepted, 'k-new'))).toBe(true);
    expect(await ledger.digest()).toBe(digest);
  });

  const bulk = (...members: object[]) =>
    members.map((data) => ({ action: 'CREATE_TRANSACTION' as const, data: data as never }));

  it('of a bulk, also of its part that was never decided; another bulk is refused', async () => {
    const elements = bulk(to('b:1'), to('b:2', 7, 'b:poor'), { ...to('b:3'), reference: CARD });
    await before(toBulk(elements, 10, { key: 'bulk', mode: 'stop' }), 'stop');
    const digest = await ledger.digest();
    const send = (body: object, key = 'bulk') =>
      ledger.call('POST', '/v2/main/_bulk', { body, headers: { 'idempotency-key': key } });
    const again = await send(elements);
    expect(again.body.data.map((each: { errorCode?: string }) => each.errorCode ?? 'done')).toEqual([
      'done',
      'INSUFFICIENT_FUND',
      expect.any(String),
    ]);
    const other = await send(bulk(to('b:1'), to('b:2'), { ...to('b:3'), reference: CARD }));
    const fresh = await send(elements, 'fresh');
    const carded = await send(bulk(to('b:1')), OTHER);
    expect([other, fresh, carded].map((each) => [isCardNumber(each), each.body.errors?.[0].loc])).toEqual([
      [true, ['body', 2, 'reference']],
      [true, ['body', 2, 'reference']],
      [true, ['header', 'idempotency-key']],
    ]);
    expect(await ledger.digest()).toBe(digest);
  });

  it('over gRPC, also in a stream, where a new card number refuses its own command only', async () => {
    const request = (idempotencyKey: string, reference = ''): CreateTransactionRequest => ({
      ...{ ledger: 'main', idempotencyKey, reference },
      postings: [{ source: 'world', destination: 'g:1', amount: '1', asset: 'TRY/2' }],
    });
    await before([toSubmission('createTransaction', request('g-1', OTHER))]);
    const stream = open('Submit');
    const replies = new Map<string, SubmitReply>();
    stream.on('data', (reply: SubmitReply) => replies.set(reply.correlation, reply));
    stream.on('error', () => undefined);
    const sent = { 1: request('g-1', OTHER), 2: request('g-2', CARD), 3: request('g-3') };
    for (const [correlation, createTransaction] of Object.entries(sent))
      stream.write({ correlation, createTransaction });
    await eventually(() => expect(replies.size).toBe(3));
    stream.cancel();
    const told = Object.keys(sent).map((each) => replies.get(each)?.refusal?.code ?? 'done');
    expect(told).toEqual(['done', 'malformed', 'done']);
    expect((await ledger.balance('main', 'g:1')).posted).toBe(2);
  });

  const open = (name: string): grpc.ClientDuplexStream<SubmitRequest, SubmitReply> => {
    const method = ledgerServiceDefinition()[name];
    return client.makeBidiStreamRequest(
      method?.path ?? '',
      method?.requestSerialize as (value: SubmitRequest) => Buffer,
      method?.responseDeserialize as (bytes: Buffer) => SubmitReply,
      metadata(),
    );
  };
});

describe('an account that was there', () => {
  it('pays and is paid, also by a script and in a bulk; it can be described', async () => {
    const old = `customers:${CARD}`;
    await before([submissionOf(to(old, 100), 'a-1')]);
    const plain = `send [TRY/2 10] (source = @${old} destination = @users:3)`;
    const elements = [{ action: 'CREATE_TRANSACTION', data: to('users:3', 10, old) }];
    const answers = [
      await post(to('users:3', 10, old)),
      await post(to(old, 5, 'users:3')),
      await post({ script: { plain } }),
      await post({ ...to('users:3'), accountMetadata: { [old]: { a: 'b' } } }),
      await ledger.call('POST', '/v2/main/_bulk', { body: elements }),
      await ledger.call('POST', `/v2/main/accounts/${old}/metadata`, { body: { a: 'b' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 204]);
    expect((await ledger.balance('main', old)).posted).toBe(75);
  });

  it('lets no new one in, nor anything else of its transaction', async () => {
    const old = `customers:${CARD}`;
    const digest = await ledger.digest();
    const answers = [
      await post(to(`customers:${OTHER}`, 1, old)),
      await post({ ...to('users:3', 1, old), reference: CARD }),
      await post({ ...to('users:3', 1, old), accountMetadata: { [old]: { a: OTHER } } }),
      await post({ ...to('users:3', 1, old), accountMetadata: { [`u:${OTHER}`]: { a: 'b' } } }),
    ];
    expect(answers.map(isCardNumber)).toEqual([true, true, true, true]);
    expect(answers.some(({ text }) => text.includes(CARD) || text.includes(OTHER))).toBe(false);
    expect(await ledger.digest()).toBe(digest);
  });
});
