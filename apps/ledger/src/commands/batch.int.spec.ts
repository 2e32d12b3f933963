import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { type LedgerCommandV1, LedgerTopics } from '@defter/ledger-contracts';
import {
  createLogger,
  kafkaMessaging,
  type Messaging,
  type ReceivedMessage,
  type RunningService,
  toHeaders,
} from '@defter/platform';
import { eventually, testBroker } from '@defter/testing';
import { TestLedger } from '../ledger.fixture.js';
import { OnLedgerCommandConsumer } from './on-ledger-command.consumer.js';

const { commands, refusals } = LedgerTopics;
const GROUP = `ledger:${commands.name}`;
/** Names ledgers of this run only: the broker may be shared with other runs. */
const RUN = `batch-${Date.now()}`;

let ledger: TestLedger;
let messaging: Messaging;
let kafka: Kafka;
let worker: RunningService;
beforeAll(async () => {
  const brokers = await testBroker();
  const logger = createLogger('test', 'silent');
  messaging = kafkaMessaging({ brokers, clientId: 'ledger-test', logger });
  await messaging.ensureTopics(Object.values(LedgerTopics));
  kafka = new Kafka({ clientId: 'ledger-batch-test', brokers, logLevel: logLevel.NOTHING });
  ledger = await TestLedger.start({ env: { KAFKA_BROKERS: brokers.join(',') } });
  worker = await ledger.addReplica(['worker']);
  // The worker has no port; calls go to the other one.
  ledger.replicas.pop();
});
afterAll(async () => {
  await worker.stop();
  await ledger.stop();
  await messaging.close();
});

const deposit = (name: string, to: string, extra: object = {}): LedgerCommandV1 => ({
  type: 'CreateTransaction',
  ledger: name,
  postings: [{ source: 'world', destination: to, amount: '1', asset: 'TRY/2' }],
  ...extra,
});

const messageOf = (id: string, body: unknown, ledgerName: string) => ({
  topic: commands.name,
  key: `t_one/${ledgerName}`,
  value: typeof body === 'string' ? body : JSON.stringify(body),
  headers: toHeaders({ id, type: 'LedgerCommand', source: 'test', tenantId: 't_one', time: new Date() }),
});

const batchesOf = async (name: string): Promise<{ first_sequence: bigint; last_sequence: bigint }[]> =>
  ledger.database.database.query(
    `select first_sequence, last_sequence from batch join ledger using (ledger_id)
     where name = $1 order by batch`,
    [name],
  );

const offsets = async (): Promise<{ partition: number; offset: string }[]> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const [topic] = await admin.fetchOffsets({ groupId: GROUP, topics: [commands.name] });
    return topic?.partitions ?? [];
  } finally {
    await admin.disconnect();
  }
};

describe('a batch of messages', () => {
  it('is one commit of each ledger, in the order of the messages', async () => {
    const names = [`${RUN}-a`, `${RUN}-b`];
    await Promise.all(names.map((name) => ledger.open(name)));
    const received = Array.from({ length: 600 }, (_, n) => {
      const name = names[n % 2] ?? '';
      const body = deposit(name, `to:${n}`, { reference: `r-${n}` });
      return {
        id: `${RUN}-one-${n}`,
        tenantId: 't_one',
        key: `t_one/${name}`,
        body,
      } as ReceivedMessage<LedgerCommandV1>;
    });
    await worker.get(OnLedgerCommandConsumer).handle(received);
    for (const [index, name] of names.entries()) {
      expect(await batchesOf(name)).toEqual([{ first_sequence: 1n, last_sequence: 300n }]);
      const rows = await ledger.database.database.query<{ reference: string }>(
        `select reference from transaction join ledger using (ledger_id)
         where name = $1 order by transaction_id`,
        [name],
      );
      expect(rows.map(({ reference }) => reference)).toEqual(rows.map((_, n) => `r-${n * 2 + index}`));
    }
  });

  it('whose offsets were lost after its commit comes again, and has no second effect', async () => {
    const name = `${RUN}-lost`;
    await ledger.open(name);
    const before = await offsets();
    const ids = Array.from({ length: 150 }, (_, n) => `${RUN}-lost-${n}`);
    await messaging.publish(ids.map((id, n) => messageOf(id, deposit(name, `lost:${n % 5}`), name)));
    const effect = async () =>
      (await ledger.call('GET', `/v2/${name}/aggregate/balances?address=lost`)).body.data['TRY/2'];
    await eventually(async () => expect(await effect()).toBe(150), { timeoutMs: 30_000 });
    const committed = await batchesOf(name);
    // What a process leaves that is killed between the commit and the offsets: they stand where they were.
    await worker.stop();
    const admin = kafka.admin();
    await admin.connect();
    const partitions = before.map(({ partition, offset }) => ({
      partition,
      offset: offset === '-1' ? '0' : offset,
    }));
    await admin.setOffsets({ groupId: GROUP, topic: commands.name, partitions });
    await admin.disconnect();
    worker = await ledger.addReplica(['worker']);
    ledger.replicas.pop();
    const marker = `${RUN}-marker`;
    await messaging.publish([messageOf(marker, deposit(name, 'marker'), name)]);
    // The marker comes behind the whole batch, in its partition.
    await eventually(async () => expect((await ledger.balance(name, 'marker')).posted).toBe(1), {
      timeoutMs: 30_000,
    });
    expect(await effect()).toBe(150);
    expect((await batchesOf(name)).slice(0, committed.length)).toEqual(committed);
    const { body } = await ledger.call('GET', `/v2/${name}/stats`);
    expect(body.data.transactions).toBe(151);
  });

  it('with poison in it loses none of the others: poison goes to the dead letters', async () => {
    const name = `${RUN}-poison`;
    await ledger.open(name);
    await messaging.publish([
      messageOf(`${RUN}-p1`, deposit(name, 'good'), name),
      messageOf(`${RUN}-p2`, '{"type":', name),
      messageOf(`${RUN}-p3`, { ...deposit(name, 'good'), postings: 'none' }, name),
      messageOf(`${RUN}-p4`, { type: 'Explode', ledger: name }, name),
      messageOf(`${RUN}-p5`, deposit(`${name}-not-there`, 'good'), name),
      messageOf(`${RUN}-p6`, deposit(name, 'good'), name),
    ]);
    await eventually(async () => expect((await ledger.balance(name, 'good')).posted).toBe(2), {
      timeoutMs: 30_000,
    });
    const dead = await readIds(`${commands.name}.dead`, 3);
    expect(dead.sort()).toEqual([`${RUN}-p2`, `${RUN}-p3`, `${RUN}-p4`]);
    // A ledger that isn't there is no poison: its sender hears that the command was refused.
    expect(await readIds(refusals.name, 1)).toEqual([`${RUN}-p5:refused`]);
  });
});

/** The ids of this run's messages on a topic, once there are so many. */
const readIds = async (topic: string, count: number): Promise<string[]> => {
  const consumer = kafka.consumer({ groupId: `reader-${Math.random()}`, sessionTimeout: 6000 });
  const found = new Set<string>();
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      const id = message.headers?.['ce_id']?.toString() ?? '';
      if (id.startsWith(`${RUN}-p`)) found.add(id);
    },
  });
  try {
    await eventually(() => expect(found.size).toBeGreaterThanOrEqual(count), { timeoutMs: 30_000 });
  } finally {
    await consumer.disconnect();
  }
  return [...found];
};
