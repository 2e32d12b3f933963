import { Kafka, logLevel } from 'kafkajs';
import type { LedgerEventV1 } from '@defter/ledger-contracts';
import { LedgerTopics } from '@defter/ledger-contracts';
import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_MS = 60_000;
const QUIET_MS = 1_500;

/**
 * All events of a tenant's ledger on the topic, in the order in which they lie there. Reads on until the
 * given sequence was seen and nothing came for a while.
 */
export const eventsOnKafka = async (brokers: string, key: string, last: number): Promise<LedgerEventV1[]> => {
  const kafka = new Kafka({ clientId: 'e2e', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `e2e-${Math.random()}`, sessionTimeout: 6000 });
  const events: LedgerEventV1[] = [];
  let lastAt = Date.now();
  await consumer.connect();
  await consumer.subscribe({ topic: LedgerTopics.events.name, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      if (message.key?.toString() !== key) return;
      events.push(JSON.parse(message.value?.toString() ?? '{}') as LedgerEventV1);
      lastAt = Date.now();
    },
  });
  const deadline = Date.now() + LIMIT_MS;
  while (!(events.some(({ sequence }) => sequence === last) && Date.now() - lastAt > QUIET_MS)) {
    if (Date.now() > deadline) break;
    await sleep(100);
  }
  await consumer.disconnect();
  return events;
};

/** The sequences in the order of their first delivery: a repeated one changes nothing. */
export const firstDeliveries = (events: readonly LedgerEventV1[]): number[] => [
  ...new Set(events.map(({ sequence }) => sequence)),
];
