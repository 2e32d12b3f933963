import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { LedgerTopics } from '@defter/ledger-contracts';
import { createLogger, kafkaMessaging, type Messaging, toHeaders } from '@defter/platform';
import { eventually, testBroker } from '@defter/testing';
import { TestLedger } from '../ledger.fixture.js';

const { commands } = LedgerTopics;
const GROUP = `ledger:${commands.name}`;
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** Names a ledger of this run only: the broker may be shared with other runs. */
const RUN = `killed-${Date.now()}`;
const COUNT = 200;
const NAMES = [`${RUN}-a`, `${RUN}-b`] as const;

let ledger: TestLedger;
let messaging: Messaging;
let kafka: Kafka;
beforeAll(async () => {
  const brokers = await testBroker();
  messaging = kafkaMessaging({ brokers, clientId: 'killed-test', logger: createLogger('test', 'silent') });
  await messaging.ensureTopics(Object.values(LedgerTopics));
  kafka = new Kafka({ clientId: 'killed-test', brokers, logLevel: logLevel.NOTHING });
  ledger = await TestLedger.start({ env: { KAFKA_BROKERS: brokers.join(',') } });
  await Promise.all(NAMES.map((name) => ledger.open(name)));
});
afterAll(async () => {
  await ledger.stop();
  await messaging.close();
});

/** Commands to both ledgers in turn, in one partition: they are delivered as one batch. */
const publish = () =>
  messaging.publish(
    Array.from({ length: 2 * COUNT }, (_, n) => {
      const postings = [{ source: 'world', destination: `k:${n % 9}`, amount: '1', asset: 'TRY/2' }];
      const [id, name] = [`${RUN}-${n}`, NAMES[n % 2]];
      return {
        topic: commands.name,
        key: `t_one/${RUN}`,
        value: JSON.stringify({ type: 'CreateTransaction', ledger: name, postings }),
        headers: toHeaders({
          id,
          type: 'LedgerCommand',
          source: 'test',
          tenantId: 't_one',
          time: new Date(),
        }),
      };
    }),
  );

const sequence = async (name: string): Promise<number> =>
  (await ledger.call('GET', `/v2/${name}`)).body.data.sequence as number;

/** While somebody else holds a ledger's head no commit of it is possible. */
const holdHead = async (name: string): Promise<() => Promise<unknown>> => {
  let locked = () => undefined as void;
  let release = () => undefined as void;
  const released = new Promise<void>((resolve) => (release = resolve));
  const holding = new Promise<void>((resolve) => (locked = resolve));
  const done = ledger.database.database.transaction(async (tx) => {
    const head = 'select 1 from ledger_head join ledger using (ledger_id) where name = $1';
    await tx.query(`${head} for update of ledger_head`, [name]);
    locked();
    await released;
  });
  await holding;
  return () => {
    release();
    return done;
  };
};

/** Messages that the group hasn't marked as done, over all partitions. */
const unmarked = async (): Promise<bigint> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const ends = await admin.fetchTopicOffsets(commands.name);
    const [marked] = await admin.fetchOffsets({ groupId: GROUP, topics: [commands.name] });
    return ends.reduce((sum, { partition, high }) => {
      const at = BigInt(marked?.partitions.find((each) => each.partition === partition)?.offset ?? 0);
      return sum + BigInt(high) - (at < 0n ? 0n : at);
    }, 0n);
  } finally {
    await admin.disconnect();
  }
};

describe('a worker that is killed between a commit and its offsets', () => {
  it('leaves a batch that comes again, and each command has its effect once', async () => {
    const [first, second] = NAMES;
    const release = await holdHead(second);
    await publish();
    const child = spawn(process.execPath, [MAIN, 'worker'], { env: { ...ledger.env }, stdio: 'ignore' });
    const exit = once(child, 'exit');
    try {
      // One ledger's part of the batch is committed. The other's is not, so the offsets don't move.
      await eventually(async () => expect(await sequence(first)).toBe(COUNT), { timeoutMs: 40_000 });
    } finally {
      child.kill('SIGKILL');
      await exit;
      await release();
    }
    expect(await unmarked()).toBeGreaterThanOrEqual(BigInt(2 * COUNT));
    const worker = await ledger.addReplica(['worker']);
    ledger.replicas.pop();
    try {
      await eventually(async () => expect(await unmarked()).toBe(0n), { timeoutMs: 40_000 });
    } finally {
      await worker.stop();
    }
    for (const name of NAMES) {
      const { body } = await ledger.call('GET', `/v2/${name}/aggregate/balances?address=k`);
      expect([name, body.data]).toEqual([name, { 'TRY/2': COUNT }]);
      expect(await sequence(name)).toBe(COUNT);
    }
  }, 120_000);
});
