import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, scratchFolder, startKafka, type KafkaServer } from '@defter/testing';
import { declare, logger, message, openMessaging } from '../../testing/messaging-stand.js';
import type { Messaging } from '../messaging.js';

// A broker of its own: the test kills it.
let kafka: KafkaServer;
let messaging: Messaging;
let admin: kafkajs.Admin;

beforeAll(async () => {
  kafka = await startKafka({ dir: scratchFolder('kafka-subscription') });
  messaging = await openMessaging([kafka.brokers], logger);
  admin = new kafkajs.Kafka({ brokers: [kafka.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
});
afterAll(async () => {
  await admin.disconnect();
  await messaging.close();
  await kafka.stop();
});

const MEMBERS = 8;

describe('a subscription that is stopped while the broker is away', () => {
  it('stays stopped when the broker is back, at whatever point of its restarts it was', async () => {
    const topic = declare();
    await messaging.ensureTopics([topic]);
    const groups = Array.from({ length: MEMBERS }, (_, index) => `${index}-${topic.name}`);
    const late: string[] = [];
    const subscribe = (group: string) =>
      messaging.subscribe({
        group,
        topics: [topic.name],
        deliver: () => Promise.resolve(void late.push(group)),
        onDeath: (error) => void late.push(`${group}: ${String(error)}`),
      });
    const members = await Promise.all(groups.map(subscribe));
    await eventually(() => expect(members.every((member) => member.ready())).toBe(true), {
      timeoutMs: 60_000,
    });
    await kafka.kill();
    await eventually(() => expect(members.some((member) => !member.ready())).toBe(true), {
      timeoutMs: 60_000,
    });
    // Spread over the restarts, the broker coming back in the middle.
    const stopping = members.map(async (member, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 300));
      await member.stop();
    });
    await kafka.restart();
    await Promise.all(stopping);

    await messaging.publish([message(topic, { n: 1 })]);
    await admin.connect();
    // A dead member stays for the session's six seconds; one that came back would stay for good.
    await eventually(
      async () => {
        const described = await admin.describeGroups(groups);
        expect(described.groups.map((group) => group.members.length)).toEqual(groups.map(() => 0));
      },
      { timeoutMs: 30_000 },
    );
    expect(late).toEqual([]);
  }, 180_000);
});
