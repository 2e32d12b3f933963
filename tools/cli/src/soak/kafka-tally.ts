import { setTimeout as sleep } from 'node:timers/promises';
import { type LedgerEventV1, LedgerTopics } from '@defter/ledger-contracts';
import { Kafka, logLevel } from 'kafkajs';
import type pg from 'pg';
import type { Journal } from './journal.js';
import { loggedEvents, touchedBy } from './ledger-log.js';

const QUIET_LIMIT_MS = 60_000;

/** What a message must say of its event, as one short text. */
const gist = (type: string, key: string | null | undefined, balances: readonly string[]): string =>
  `${type} ${key ?? '-'} ${balances.join()}`;

/** Reads the topic up to the last event: each event is there, in order, as the store has it. */
export const compareWithKafka = async (
  source: { readonly brokers: string; readonly messageKey: string },
  store: { readonly client: pg.Client; readonly ledgerId: number },
  journal: Journal,
): Promise<void> => {
  const expected = new Map<number, string>();
  for await (const { sequence, type, key, payload } of loggedEvents(store.client, store.ledgerId)) {
    const balances = touchedBy(payload).map(([account, asset], index) => {
      const [input = '0', output = '0', pendingIn, pendingOut] = payload.after[index] ?? [];
      return `${account} ${asset} ${BigInt(input) - BigInt(output)} ${pendingIn} ${pendingOut}`;
    });
    expected.set(sequence, gist(type, key, balances));
  }
  let next = 1;
  const see = (event: LedgerEventV1): void => {
    const { sequence, type, commandId, balances } = event;
    const said = balances.map(
      ({ account, asset, posted, pendingIn, pendingOut }) =>
        `${account} ${asset} ${posted} ${pendingIn} ${pendingOut}`,
    );
    const differs = gist(type, commandId, said) !== expected.get(sequence);
    if (differs) journal.differs(`Event ${sequence} on Kafka is ${gist(type, commandId, said)}`);
    if (sequence > next) journal.differs(`Event ${sequence} came to Kafka before event ${next}`);
    journal.count(sequence < next ? 'events on Kafka once more' : 'events on Kafka');
    next = Math.max(next, sequence + 1);
  };
  await readTopic(source, see, () => next > expected.size);
  if (next <= expected.size) journal.differs(`Event ${next} of ${expected.size} didn't come to Kafka`);
};

const readTopic = async (
  { brokers, messageKey }: { readonly brokers: string; readonly messageKey: string },
  see: (event: LedgerEventV1) => void,
  isDone: () => boolean,
): Promise<void> => {
  const kafka = new Kafka({ clientId: 'soak', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `soak-${process.pid}`, sessionTimeout: 6000 });
  let lastAt = Date.now();
  await consumer.connect();
  try {
    await consumer.subscribe({ topic: LedgerTopics.events.name, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => {
        lastAt = Date.now();
        if (message.key?.toString() === messageKey)
          see(JSON.parse(message.value?.toString() ?? '{}') as LedgerEventV1);
      },
    });
    while (!isDone() && Date.now() - lastAt < QUIET_LIMIT_MS) await sleep(100);
  } finally {
    await consumer.disconnect();
  }
};
