import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as grpc from '@grpc/grpc-js';
import type { StreamedEvent } from '@defter/ledger-contracts';
import { TestLedger } from '../ledger.fixture.js';
import { LedgerGrpcServer, ledgerServiceDefinition } from './ledger-grpc-server.js';

type Reply = Record<string, unknown>;
let ledger: TestLedger;
let client: grpc.Client &
  Record<
    string,
    (
      request: object,
      metadata: grpc.Metadata,
      done: (error: grpc.ServiceError | null, reply: Reply) => void,
    ) => void
  >;

beforeAll(async () => {
  ledger = await TestLedger.start({ roles: ['http', 'grpc'] });
  await ledger.open('main');
  await ledger.transfer('main', { from: 'world', to: 'users:1', amount: 1000 });
  const port = ledger.replicas[0]?.get(LedgerGrpcServer).port;
  const Client = grpc.makeGenericClientConstructor(ledgerServiceDefinition(), 'LedgerService');
  client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure()) as typeof client;
});
afterAll(async () => {
  client.close();
  await ledger.stop();
});

const as = (token: string, tenant?: string): grpc.Metadata => {
  const metadata = new grpc.Metadata();
  if (token !== '') metadata.set('authorization', `Bearer ${token}`);
  if (tenant !== undefined) metadata.set('defter-tenant', tenant);
  return metadata;
};
const call = (
  method: string,
  request: object,
  metadata = as(ledger.tokens.service, 't_one'),
): Promise<Reply> =>
  new Promise((resolve, reject) =>
    client[method]?.(request, metadata, (error, reply) => (error === null ? resolve(reply) : reject(error))),
  );
const refused = (promise: Promise<unknown>): Promise<[number, unknown]> =>
  promise.then(
    () => [0, 'accepted'],
    (error: grpc.ServiceError) => [error.code, error.metadata.get('defter-code')[0]],
  );

const hold = (key: string, amount: string) => ({
  ledger: 'main',
  idempotencyKey: key,
  postings: [{ source: 'users:1', destination: 'shop', amount, asset: 'TRY/2' }],
  reference: key,
  pending: true,
});
const balance = () => call('getBalance', { ledger: 'main', account: 'users:1', asset: 'TRY/2' });

describe('gRPC', () => {
  it('holds, posts and reads, each write once per key', async () => {
    const first = await call('createTransaction', hold('h1', '400'));
    expect(first).toMatchObject({ status: 'pending', idempotencyHit: false });
    expect(await call('createTransaction', hold('h1', '400'))).toEqual({ ...first, idempotencyHit: true });
    expect(await balance()).toMatchObject({ posted: '1000', pendingOut: '400', available: '600' });
    const request = {
      ledger: 'main',
      idempotencyKey: 'p1',
      reference: 'h1',
      amounts: [{ source: 'users:1', asset: 'TRY/2', amount: '150' }],
    };
    const posted = await call('postHold', request);
    expect(await call('postHold', request)).toEqual({ ...posted, idempotencyHit: true });
    expect(await balance()).toMatchObject({ posted: '850', pendingOut: '0', available: '850' });
  });

  it('takes conditions and the old source’s figures, as REST does', async () => {
    const request = (op: string, key: string) => ({
      ledger: 'main',
      idempotencyKey: key,
      postings: [{ source: 'world', destination: 'seen', amount: '7', asset: 'TRY/2' }],
      conditions: [{ account: 'seen', asset: 'TRY/2', balance: 'posted', op, amount: '0' }],
      expectedBalances: [{ account: 'seen', asset: 'TRY/2', balance: '8' }],
    });
    expect(await refused(call('createTransaction', request('lt', 'c1')))).toEqual([
      grpc.status.FAILED_PRECONDITION,
      'condition-failed',
    ]);
    expect(await refused(call('createTransaction', request('=', 'c2')))).toEqual([
      grpc.status.INVALID_ARGUMENT,
      'malformed',
    ]);
    expect(await call('createTransaction', request('eq', 'c3'))).toMatchObject({ status: 'posted' });
    const { body } = await ledger.call('GET', '/v2/main/mismatches');
    expect(body.cursor.data).toMatchObject([{ account: 'seen', expected: 8, actual: 7 }]);
  });

  it('refuses with the codes of REST', async () => {
    expect(await refused(call('createTransaction', hold('h2', '851')))).toEqual([
      grpc.status.FAILED_PRECONDITION,
      'insufficient-funds',
    ]);
    expect(await refused(call('createTransaction', hold('h1', '401')))).toEqual([
      grpc.status.ALREADY_EXISTS,
      'idempotency-key-conflict',
    ]);
    expect(
      await refused(call('voidHold', { ledger: 'main', idempotencyKey: 'v0', reference: 'none' })),
    ).toEqual([grpc.status.NOT_FOUND, 'transaction-unknown']);
    expect(
      await refused(call('voidHold', { ledger: 'none', idempotencyKey: 'v1', reference: 'h1' })),
    ).toEqual([grpc.status.NOT_FOUND, 'ledger-not-found']);
    for (const amount of ['1.5', '-1', '1e3', '']) {
      expect(await refused(call('createTransaction', hold('h3', amount)))).toEqual([
        grpc.status.INVALID_ARGUMENT,
        'malformed',
      ]);
    }
    expect(await refused(call('createTransaction', { ...hold('h4', '1'), idempotencyKey: '' }))).toEqual([
      grpc.status.INVALID_ARGUMENT,
      'malformed',
    ]);
  });

  it('asks who calls, and keeps tenants apart', async () => {
    const request = hold('h5', '1');
    expect(await refused(call('createTransaction', request, as('')))).toEqual([
      grpc.status.UNAUTHENTICATED,
      'unauthenticated',
    ]);
    expect(await refused(call('createTransaction', request, as(ledger.tokens.reader)))).toEqual([
      grpc.status.PERMISSION_DENIED,
      'scope-missing',
    ]);
    expect(await refused(call('createTransaction', request, as(ledger.tokens.service)))).toEqual([
      grpc.status.INVALID_ARGUMENT,
      'tenant-required',
    ]);
    expect(await refused(call('createTransaction', request, as(ledger.tokens.service, 't_two')))).toEqual([
      grpc.status.NOT_FOUND,
      'ledger-not-found',
    ]);
    expect(await refused(call('createTransaction', request, as(ledger.tokens.one, 't_two')))).toEqual([
      grpc.status.PERMISSION_DENIED,
      'wrong-tenant',
    ]);
  });

  it('streams the events of a ledger from a sequence, as they are on Kafka', async () => {
    const read = (afterSequence: number, limit: number) => stream({ ledger: 'main', afterSequence, limit });
    const all = await read(0, 0);
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => String(index + 1)));
    expect(JSON.parse(all[0]?.body ?? '{}')).toMatchObject({
      ledger: 'main',
      sequence: 1,
      type: 'TransactionCreated',
    });
    expect((await read(1, 1)).map(({ sequence }) => sequence)).toEqual(['2']);
    const beyond = stream({ ledger: 'main', afterSequence: '9223372036854775808', limit: 0 });
    expect(await refused(beyond)).toEqual([grpc.status.INVALID_ARGUMENT, 'malformed']);
    expect(await refused(stream({ ledger: 'none', afterSequence: 0, limit: 0 }))).toEqual([
      grpc.status.NOT_FOUND,
      'ledger-not-found',
    ]);
  });
});

/** Reads a server stream to its end. */
const stream = (request: object): Promise<StreamedEvent[]> =>
  new Promise((resolve, reject) => {
    const call = client.makeServerStreamRequest<object, StreamedEvent>(
      '/defter.ledger.v1.LedgerService/StreamEvents',
      ledgerServiceDefinition()['StreamEvents']?.requestSerialize as (value: object) => Buffer,
      ledgerServiceDefinition()['StreamEvents']?.responseDeserialize as (bytes: Buffer) => StreamedEvent,
      request,
      as(ledger.tokens.service, 't_one'),
    );
    const events: StreamedEvent[] = [];
    call.on('data', (event: StreamedEvent) => events.push(event));
    call.on('end', () => resolve(events));
    call.on('error', reject);
  });
