import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { type LedgerCommandV1, type LedgerEventV1, LedgerTopics } from '@defter/ledger-contracts';
import { createLogger, kafkaMessaging, type Messaging, toHeaders } from '@defter/platform';
import { eventually, testBroker } from '@defter/testing';
import { LedgerEngine } from '../ledger-engine.js';
import { TestLedger } from '../ledger.fixture.js';
import { toLedgerCommand } from './ledger-command.wire.js';

let ledger: TestLedger;
let messaging: Messaging;
let brokers: string[];
/** Names a ledger of this run only: the broker may be shared with other runs. */
const LEDGER = `kafka-${Date.now()}`;

beforeAll(async () => {
  brokers = await testBroker();
  const logger = createLogger('test', 'silent');
  messaging = kafkaMessaging({ brokers, clientId: 'ledger-test', logger });
  await messaging.ensureTopics(Object.values(LedgerTopics));
  ledger = await TestLedger.start({
    replicas: 2,
    roles: ['http', 'worker'],
    env: { KAFKA_BROKERS: brokers.join(',') },
  });
  await ledger.open(LEDGER);
});
afterAll(async () => {
  await ledger.stop();
  await messaging.close();
});

const send = (commands: { id: string; body: object }[], source = 'test') =>
  messaging.publish(
    commands.map(({ id, body }) => ({
      topic: LedgerTopics.commands.name,
      key: `t_one/${LEDGER}`,
      value: JSON.stringify(body),
      headers: toHeaders({ id, type: 'LedgerCommand', source, tenantId: 't_one', time: new Date() }),
    })),
  );
const deposit = (to: string, amount: string, reference?: string): LedgerCommandV1 => ({
  type: 'CreateTransaction',
  ledger: LEDGER,
  postings: [{ source: 'world', destination: to, amount, asset: 'TRY/2' }],
  ...(reference === undefined ? {} : { reference }),
});

/** Reads a topic from its start; what other runs left there is passed over. */
const readAll = async <T extends { ledger: string }>(
  topic: string,
  until: (found: T[]) => boolean,
): Promise<T[]> => {
  const kafka = new Kafka({ clientId: 'reader', brokers, logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `reader-${Math.random()}`, sessionTimeout: 6000 });
  const found: T[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      const body = JSON.parse(message.value?.toString() ?? '{}') as T;
      if (body.ledger === LEDGER) found.push(body);
    },
  });
  try {
    await eventually(() => expect(until(found)).toBe(true), { timeoutMs: 30_000 });
  } finally {
    await consumer.disconnect();
  }
  return found;
};

describe('commands from Kafka', () => {
  it('have their effect once, though each is sent three times', async () => {
    const commands = Array.from({ length: 100 }, (_, index) => ({
      id: `${LEDGER}-${index}`,
      body: deposit(`k:${index % 7}`, '10'),
    }));
    await send(commands);
    await send(commands);
    await send([...commands].reverse());
    await eventually(
      async () => {
        const { body } = await ledger.call('GET', `/v2/${LEDGER}/aggregate/balances?address=k`);
        expect(body.data).toEqual({ 'TRY/2': 1000 });
      },
      { timeoutMs: 30_000 },
    );
  });

  it('hold, post and void by reference; a refusal goes back to the sender, once', async () => {
    const hold = {
      ...deposit('shop', '400', 'hold-1'),
      postings: [{ source: 'k:1', destination: 'shop', amount: '50', asset: 'TRY/2' }],
      status: 'pending',
    };
    const tooMuch = { ...hold, reference: 'hold-2', postings: [{ ...hold.postings[0], amount: '100000' }] };
    const wrongLedger = { ...deposit('x', '1'), ledger: LEDGER };
    await send([
      { id: `${LEDGER}-hold`, body: hold },
      { id: `${LEDGER}-much`, body: tooMuch },
      { id: `${LEDGER}-much`, body: tooMuch },
      { id: `${LEDGER}-post`, body: { type: 'PostHold', ledger: LEDGER, reference: 'hold-1' } },
      {
        id: `${LEDGER}-0`,
        body: {
          ...wrongLedger,
          postings: [{ source: 'world', destination: 'x', amount: '2', asset: 'TRY/2' }],
        },
      },
    ]);
    await eventually(async () => expect((await ledger.balance(LEDGER, 'shop')).posted).toBe(50), {
      timeoutMs: 30_000,
    });
    const refusals = await readAll<{ ledger: string; commandId: string; code: string }>(
      LedgerTopics.refusals.name,
      (found) => found.length >= 2,
    );
    expect(refusals.map(({ commandId, code }) => [commandId.slice(LEDGER.length), code]).sort()).toEqual([
      ['-0', 'idempotency-key-conflict'],
      ['-much', 'insufficient-funds'],
    ]);
  });
});

describe('card numbers', () => {
  it('are refused one by one, not under a known key, nor in what payments books', async () => {
    const card = '4242424242424242';
    const id = (name: string) => `${LEDGER}-card-${name}`;
    const old = deposit('c:1', '3', card);
    await ledger.replicas[0]
      ?.get(LedgerEngine)
      .submit(
        { tenantId: 't_one', ledger: LEDGER },
        { command: toLedgerCommand(old), key: id('old'), isVouchedFor: true },
      );
    const fresh = deposit('c:1', '5', '5555555555554444');
    await send([
      { id: id('old'), body: old },
      { id: id('fresh'), body: fresh },
      { id: id('plain'), body: deposit('c:1', '10') },
    ]);
    await send([{ id: id('booking'), body: deposit('users:8100000000000002:main', '7') }], 'payments');
    await eventually(
      async () => {
        expect((await ledger.balance(LEDGER, 'c:1')).posted).toBe(13);
        expect((await ledger.balance(LEDGER, 'users:8100000000000002:main')).posted).toBe(7);
      },
      { timeoutMs: 30_000 },
    );
    const refusals = await readAll<{ ledger: string; commandId: string; code: string }>(
      LedgerTopics.refusals.name,
      (found) => found.some(({ commandId }) => commandId.includes('-card-')),
    );
    const ofCards = refusals.filter(({ commandId }) => commandId.includes('-card-'));
    expect(ofCards.map(({ commandId, code }) => [commandId, code])).toEqual([[id('fresh'), 'malformed']]);
  });
});

describe('order', () => {
  it('is that of the messages: each of a chain can only be paid by the one before', async () => {
    const links = Array.from({ length: 40 }, (_, index) => ({
      id: `${LEDGER}-chain-${index}`,
      body: {
        ...deposit(`chain:${index}`, '9'),
        postings: [
          {
            source: index === 0 ? 'world' : `chain:${index - 1}`,
            destination: `chain:${index}`,
            amount: '9',
            asset: 'TRY/2',
          },
        ],
      },
    }));
    await send(links);
    await eventually(async () => expect((await ledger.balance(LEDGER, 'chain:39')).posted).toBe(9), {
      timeoutMs: 30_000,
    });
  });
});

describe('a hold that is due', () => {
  it('expires by itself: its funds come back, as an event', async () => {
    await ledger.transfer(LEDGER, { from: 'world', to: 'expiring', amount: 100 });
    const members = { status: 'pending', expiresIn: 1 };
    const hold = await ledger.transfer(LEDGER, { from: 'expiring', to: 'shop', amount: 60 }, { members });
    expect(hold.status).toBe(200);
    expect((await ledger.balance(LEDGER, 'expiring')).available).toBe(40);
    await eventually(async () => expect((await ledger.balance(LEDGER, 'expiring')).available).toBe(100), {
      timeoutMs: 30_000,
    });
    const { body } = await ledger.call('GET', `/v2/${LEDGER}/logs?pageSize=5`);
    expect(body.cursor.data[0]).toMatchObject({
      type: 'EXPIRED_HOLD',
      data: { hold: { id: hold.body.data.id } },
    });
  });
});

describe('events on Kafka', () => {
  it('are those of the store, as a set and in order, with the balances after each', async () => {
    const [head] = await ledger.database.database.query<{ sequence: bigint }>(
      'select sequence from ledger_head',
    );
    const last = parseInt(String(head?.sequence), 10);
    const events = await readAll<LedgerEventV1>(LedgerTopics.events.name, (found) =>
      found.some(({ sequence }) => sequence === last),
    );
    const firstSeen = [...new Set(events.map(({ sequence }) => sequence))];
    expect(firstSeen).toEqual(Array.from({ length: last }, (_, index) => index + 1));
    const shop = events.findLast(({ balances }) => balances.some(({ account }) => account === 'shop'));
    expect(shop?.balances.find(({ account }) => account === 'shop')).toMatchObject({
      posted: '50',
      pendingIn: '0',
      available: '50',
    });
  });
});
