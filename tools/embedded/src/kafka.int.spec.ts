import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { startKafka, type KafkaServer } from './kafka.js';
import { identify } from './process-identity.js';
import { printedBeforeCrash } from './testing/crashing-parent.js';
import { scratchFolder } from './testing/scratch-folder.js';
import { processOf } from './testing/server-process.js';
import { until } from './testing/until.js';

const TOPIC = 'kept';
const clientOf = ({ brokers }: KafkaServer): Kafka =>
  new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING });

async function send(server: KafkaServer, values: string[]): Promise<void> {
  const producer = clientOf(server).producer();
  await producer.connect();
  await producer.send({ topic: TOPIC, acks: -1, messages: values.map((value) => ({ value })) });
  await producer.disconnect();
}

async function received(server: KafkaServer, count: number): Promise<string[]> {
  const values: string[] = [];
  const consumer = clientOf(server).consumer({ groupId: `reader-${Date.now()}`, sessionTimeout: 6_000 });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  await consumer.run({
    eachMessage: ({ message }) => {
      values.push(message.value?.toString('utf8') ?? '');
      return Promise.resolve();
    },
  });
  await until(() => values.length >= count, 20_000);
  await consumer.disconnect();
  return values;
}

describe('the embedded Kafka broker', () => {
  const dir = scratchFolder();
  let server: KafkaServer;

  beforeAll(async () => {
    server = await startKafka({ dir });
    const admin = clientOf(server).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 1 }] });
    await admin.disconnect();
  }, 300_000); // the first start on a machine downloads the broker
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('keeps what was acknowledged through kill -9, and its address', async () => {
    const { brokers } = server;
    await send(server, ['a', 'b']);
    await server.kill();
    expect(identify(server.pid)).toBeUndefined();
    await server.start();
    await send(server, ['c']);
    await server.restart();
    expect(server.brokers).toBe(brokers);
    expect(await received(server, 3)).toEqual(['a', 'b', 'c']);
  });

  it('says who holds a port', async () => {
    const pid = await processOf(server, join(dir, 'kafka.pid'));
    const start = startKafka({ dir: join(dir, 'other'), port: server.port });
    await expect(start).rejects.toThrow(
      `Port ${server.port}, which Kafka needs, is used by process ${pid} (java).`,
    );
  });

  it('ends with the process that started it, however that ends', async () => {
    const other = JSON.stringify(join(dir, 'orphan'));
    const start = `const { pid } = await embedded.startKafka({ dir: ${other} }); console.log(pid)`;
    const pid = parseInt(await printedBeforeCrash(start), 10);
    await until(() => identify(pid) === undefined);
  });
});
