import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import * as grpc from '@grpc/grpc-js';
import type { CreateTransactionRequest, SubmitReply, SubmitRequest } from '@defter/ledger-contracts';
import { eventually } from '@defter/testing';
import { TestLedger } from '../ledger.fixture.js';
import { LedgerGrpcServer, ledgerServiceDefinition } from './ledger-grpc-server.js';
import { MAX_UNANSWERED } from './submit-stream.js';

let ledger: TestLedger;
let client: grpc.Client;
const streams: grpc.ClientDuplexStream<SubmitRequest, SubmitReply>[] = [];

beforeAll(async () => {
  ledger = await TestLedger.start({ roles: ['http', 'grpc'] });
  await Promise.all(['main', 'other', 'busy'].map((name) => ledger.open(name)));
  client = connect();
});
afterEach(() => {
  for (const stream of streams.splice(0)) stream.cancel();
});
afterAll(async () => {
  client.close();
  await ledger.stop();
});

const connect = (replica = ledger.replicas[0]): grpc.Client => {
  const port = replica?.get(LedgerGrpcServer).port;
  return new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
};

const open = (token = ledger.tokens.one, from = client) => {
  const metadata = new grpc.Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  const method = ledgerServiceDefinition()['Submit'];
  const stream = from.makeBidiStreamRequest<SubmitRequest, SubmitReply>(
    method?.path ?? '',
    method?.requestSerialize as (value: SubmitRequest) => Buffer,
    method?.responseDeserialize as (bytes: Buffer) => SubmitReply,
    metadata,
  );
  streams.push(stream);
  const replies: SubmitReply[] = [];
  stream.on('data', (reply: SubmitReply) => replies.push(reply));
  const ended = new Promise<grpc.StatusObject>((resolve) => stream.on('status', resolve));
  stream.on('error', () => undefined);
  return { stream, replies, ended };
};

let serial = 0;
const move = (
  to: string,
  { amount = '1', from = 'world', name = 'main' }: { amount?: string; from?: string; name?: string } = {},
): SubmitRequest => {
  serial += 1;
  const postings = [{ source: from, destination: to, amount, asset: 'TRY/2' }];
  return {
    correlation: String(serial),
    createTransaction: { ledger: name, idempotencyKey: `s-${serial}`, postings },
  };
};
/** While somebody else holds the head no commit is possible. */
const holdHead = async (name: string): Promise<() => Promise<unknown>> => {
  let locked = () => undefined as void;
  let release = () => undefined as void;
  const released = new Promise<void>((resolve) => (release = resolve));
  const holding = new Promise<void>((resolve) => (locked = resolve));
  const done = ledger.database.database.transaction(async (tx) => {
    const head =
      'select 1 from ledger_head join ledger using (ledger_id) where name = $1 for update of ledger_head';
    await tx.query(head, [name]);
    locked();
    await released;
  });
  await holding;
  return () => {
    release();
    return done;
  };
};
const correlations = (replies: readonly { correlation: string }[]) =>
  replies.map(({ correlation }) => correlation);

describe('a stream of commands', () => {
  it('answers each once, in the order of its ledger, and ends after the half-close', async () => {
    const { stream, replies, ended } = open();
    // Each of the chain can only be paid by the one before it.
    const chain = Array.from({ length: 500 }, (_, n) =>
      move(`chain:${n}`, { from: n === 0 ? 'world' : `chain:${n - 1}` }),
    );
    for (const message of chain) stream.write(message);
    stream.end();
    expect((await ended).code).toBe(grpc.status.OK);
    expect(correlations(replies)).toEqual(correlations(chain));
    expect(replies.every(({ createTransaction }) => createTransaction?.status === 'posted')).toBe(true);
    const sequences = replies.map(({ createTransaction }) => createTransaction?.sequence);
    expect(sequences).toEqual(sequences.map((_, n) => String(parseInt(sequences[0] ?? '', 10) + n)));
    expect((await ledger.balance('main', 'chain:499')).posted).toBe(1);
  });

  it('carries every command, several ledgers, and refusals, which do not end it', async () => {
    const { stream, replies, ended } = open();
    const hold = move('shop', { from: 'payer', amount: '60' });
    const key = () => ({ ledger: 'main', idempotencyKey: `c-${(serial += 1)}` });
    const messages: SubmitRequest[] = [
      move('payer', { amount: '100' }),
      {
        ...hold,
        createTransaction: {
          ...(hold.createTransaction as CreateTransactionRequest),
          pending: true,
          reference: 'hold-a',
        },
      },
      { correlation: '900', postHold: { ...key(), reference: 'hold-a', amounts: [], keepRemainder: false } },
      { correlation: '901', voidHold: { ...key(), reference: 'hold-a' } },
      { correlation: '902', revert: { ...key(), transactionId: '999999' } },
      { correlation: '903' } as SubmitRequest,
      move('a b'),
      move('x', { from: 'nobody' }),
      move('x', { name: 'nowhere' }),
      move('elsewhere', { name: 'other' }),
      {
        correlation: '18446744073709551615',
        ...{ createTransaction: move('last').createTransaction as CreateTransactionRequest },
      },
    ];
    for (const message of messages) stream.write(message);
    stream.end();
    expect((await ended).code).toBe(grpc.status.OK);
    const by = (correlation: string) => replies.find((reply) => reply.correlation === correlation);
    const refusal = (correlation: string) => [
      by(correlation)?.refusal?.status,
      by(correlation)?.refusal?.code,
    ];
    expect(replies).toHaveLength(messages.length);
    expect(by('900')?.postHold).toMatchObject({ idempotencyHit: false });
    expect(refusal('901')).toEqual([grpc.status.ALREADY_EXISTS, 'hold-already-posted']);
    expect(refusal('902')).toEqual([grpc.status.NOT_FOUND, 'transaction-unknown']);
    expect(refusal('903')).toEqual([grpc.status.INVALID_ARGUMENT, 'malformed']);
    expect(refusal(messages[6]?.correlation ?? '')).toEqual([grpc.status.INVALID_ARGUMENT, 'malformed']);
    expect(refusal(messages[7]?.correlation ?? '')).toEqual([
      grpc.status.FAILED_PRECONDITION,
      'insufficient-funds',
    ]);
    expect(refusal(messages[8]?.correlation ?? '')).toEqual([grpc.status.NOT_FOUND, 'ledger-not-found']);
    expect(by(messages[9]?.correlation ?? '')?.createTransaction?.transactionId).toBe('1');
    expect(by('18446744073709551615')?.createTransaction?.status).toBe('posted');
  });

  it('reverts by number and by reference, and forces only with the permission', async () => {
    const { stream, replies, ended } = open();
    const first = move('back', { amount: '5' });
    const forced = move('y', { from: 'empty' });
    stream.write({
      ...first,
      createTransaction: { ...(first.createTransaction as CreateTransactionRequest), reference: 'to-revert' },
    });
    stream.write({
      correlation: '1',
      revert: { ledger: 'main', idempotencyKey: 'r-1', reference: 'to-revert', metadata: { why: 'test' } },
    });
    stream.write({
      ...forced,
      createTransaction: { ...(forced.createTransaction as CreateTransactionRequest), force: true },
    });
    stream.end();
    await ended;
    const [created, reverted, out] = replies;
    expect(reverted?.revert?.revertedTransactionId).toBe(created?.createTransaction?.transactionId);
    expect(out?.createTransaction?.status).toBe('posted');
    const other = open(ledger.tokens.service);
    expect((await other.ended).code).toBe(grpc.status.INVALID_ARGUMENT);
  });

  it('sent again has no second effect, and says so', async () => {
    const messages = Array.from({ length: 50 }, () => move('again'));
    for (const expected of [false, true]) {
      const { stream, replies, ended } = open();
      for (const message of messages) stream.write(message);
      stream.end();
      await ended;
      expect(replies.map(({ createTransaction }) => createTransaction?.idempotencyHit)).toEqual(
        messages.map(() => expected),
      );
    }
    expect((await ledger.balance('main', 'again')).posted).toBe(50);
  });

  it('is not open to strangers, nor to readers', async () => {
    expect((await open('').ended).code).toBe(grpc.status.UNAUTHENTICATED);
    expect((await open(ledger.tokens.reader).ended).code).toBe(grpc.status.PERMISSION_DENIED);
  });
});

describe('a caller that sends faster than the ledger commits', () => {
  it('is held back: the service reads no more than it may have unanswered', async () => {
    const { stream, replies, ended } = open();
    const count = MAX_UNANSWERED * 2;
    const release = await holdHead('busy');
    for (let n = 0; n < count; n++) stream.write(move('b', { name: 'busy' }));
    stream.end();
    const server = ledger.replicas[0]?.get(LedgerGrpcServer);
    try {
      await eventually(() => expect(server?.unanswered).toBe(MAX_UNANSWERED));
      expect(replies).toEqual([]);
    } finally {
      await release();
    }
    expect((await ended).code).toBe(grpc.status.OK);
    expect(replies.filter(({ createTransaction }) => createTransaction !== undefined)).toHaveLength(count);
    expect((await ledger.balance('busy', 'b')).posted).toBe(count);
    expect(server?.unanswered).toBe(0);
  });
});

describe('a stream whose end is not that of its caller', () => {
  it('that is canceled leaves no half of a command; what was begun stays', async () => {
    const { stream } = open();
    for (let n = 0; n < 200; n++) stream.write(move('canceled'));
    stream.cancel();
    const server = ledger.replicas[0]?.get(LedgerGrpcServer);
    await eventually(() => expect(server?.streams).toBe(0));
    await eventually(async () => {
      const { posted } = await ledger.balance('main', 'canceled');
      const [row] = await ledger.database.database.query<{ n: string }>(
        `select count(*) as n from posting where destination = 'canceled'`,
      );
      expect(String(posted)).toBe(String(row?.n));
    });
  });

  it('is answered for what was read, and told to go elsewhere, when the service stops', async () => {
    const replica = await ledger.addReplica(['http', 'grpc']);
    const from = connect(replica);
    const { stream, replies, ended } = open(ledger.tokens.one, from);
    const messages = Array.from({ length: 20 }, () => move('stopped'));
    for (const message of messages) stream.write(message);
    await eventually(() => expect(replies).toHaveLength(20));
    await replica.stop();
    expect((await ended).code).toBe(grpc.status.UNAVAILABLE);
    ledger.replicas.pop();
    from.close();
    expect((await ledger.balance('main', 'stopped')).posted).toBe(20);
  });
});
