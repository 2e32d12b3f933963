import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Type } from '@sinclair/typebox';
import { eventually } from '@defter/testing';
import {
  RecordTooLarge,
  TopicMismatch,
  type Delivery,
  type IncomingRecord,
  type Messaging,
  type Subscription,
} from '../messaging/messaging.js';
import { deadTopicOf, type TopicDeclaration } from '../messaging/topic.js';

/** What every adapter of the port must do. */
export function messagingContract(name: string, open: () => Messaging): void {
  describe(`${name} as messaging`, () => {
    let messaging: Messaging;
    let subscriptions: Subscription[] = [];
    beforeAll(() => {
      messaging = open();
    });
    afterEach(async () => {
      await Promise.all(subscriptions.map((subscription) => subscription.stop()));
      subscriptions = [];
    });

    const newTopic = async (partitions = 3): Promise<TopicDeclaration> => {
      const topic = {
        name: `test.${randomUUID()}`,
        key: 'key',
        partitions,
        retentionMs: -1,
        schema: Type.Any(),
      };
      await messaging.ensureTopics([topic]);
      return topic;
    };
    const send = (topic: TopicDeclaration, texts: readonly string[], key = 'k') =>
      messaging.publish(texts.map((value) => ({ topic: topic.name, key, value, headers: { kind: 'test' } })));
    const subscribe = async (
      topic: TopicDeclaration,
      group: string,
      deliver: (delivery: Delivery) => Promise<void>,
    ) => {
      const subscription = await messaging.subscribe({
        group,
        topics: [topic.name],
        deliver,
        onDeath: () => undefined,
      });
      subscriptions.push(subscription);
      return subscription;
    };
    const collecting = (seen: IncomingRecord[]) => async (delivery: Delivery) => {
      for (const record of delivery.records) {
        seen.push(record);
        await delivery.done(record);
      }
    };
    const texts = (records: readonly IncomingRecord[]) => records.map(({ value }) => value.toString());

    it('keeps the order of a key, the headers and the key', async () => {
      const topic = await newTopic();
      const sent = Array.from({ length: 300 }, (_, index) => `${index}`);
      await Promise.all([
        send(topic, sent.slice(0, 100)),
        send(topic, sent.slice(100, 101)),
        send(topic, sent.slice(101)),
      ]);
      const seen: IncomingRecord[] = [];
      await subscribe(topic, randomUUID(), collecting(seen));
      await eventually(() => expect(texts(seen)).toEqual(sent));
      expect(seen[0]).toMatchObject({ topic: topic.name, key: 'k', headers: { kind: 'test' }, offset: 0n });
    });

    it('gives a new group everything from the beginning, and every group everything', async () => {
      const topic = await newTopic();
      await send(topic, ['a', 'b']);
      const [one, two]: [IncomingRecord[], IncomingRecord[]] = [[], []];
      await subscribe(topic, randomUUID(), collecting(one));
      await subscribe(topic, randomUUID(), collecting(two));
      await send(topic, ['c']);
      await eventually(() =>
        expect([texts(one), texts(two)]).toEqual([
          ['a', 'b', 'c'],
          ['a', 'b', 'c'],
        ]),
      );
    });

    it('delivers again what was not done, also to the next member when one stopped before', async () => {
      const topic = await newTopic(1);
      const group = randomUUID();
      await send(topic, ['a', 'b', 'c']);
      const first: string[] = [];
      const member = await subscribe(topic, group, async ({ records, done }) => {
        const record = records[0];
        first.push(record?.value.toString() ?? '');
        if (record !== undefined && first.length === 2) await done(record);
      });
      await eventually(() => expect(first.slice(0, 3)).toEqual(['a', 'a', 'b']));
      await member.stop();
      const rest: IncomingRecord[] = [];
      await subscribe(topic, group, collecting(rest));
      await eventually(() => expect(texts(rest)).toEqual(['b', 'c']));
    });

    it('ends a subscription whose deliver throws, rather than repeating a bug without end', async () => {
      const topic = await newTopic(1);
      await send(topic, ['a']);
      const deaths: unknown[] = [];
      const bug = new Error('bug');
      const deliver = () => Promise.reject(bug);
      const onDeath = (error: unknown) => void deaths.push(error);
      const subscription = await messaging.subscribe({
        group: randomUUID(),
        topics: [topic.name],
        deliver,
        onDeath,
      });
      subscriptions.push(subscription);
      await eventually(() => expect(deaths).toEqual([bug]));
      expect(subscription.alive()).toBe(false);
    });

    it('creates topics once, with dead letters; refuses other partitions and missing ones', async () => {
      const topic = await newTopic(2);
      await messaging.ensureTopics([topic]);
      await expect(messaging.ensureTopics([{ ...topic, partitions: 3 }])).rejects.toThrow(TopicMismatch);
      await expect(messaging.checkTopics([{ ...topic, name: `test.${randomUUID()}` }])).rejects.toThrow(
        TopicMismatch,
      );
      const dead: IncomingRecord[] = [];
      await subscribe({ ...topic, name: deadTopicOf(topic.name) }, randomUUID(), collecting(dead));
      await messaging.publish([{ topic: deadTopicOf(topic.name), key: 'k', value: 'x', headers: {} }]);
      await eventually(() => expect(texts(dead)).toEqual(['x']));
    });

    it('refuses a record that no broker takes, at once, and stays healthy', async () => {
      const topic = await newTopic(1);
      await expect(send(topic, ['x'.repeat(2_000_000)])).rejects.toThrow(RecordTooLarge);
      expect(messaging.healthy()).toBe(true);
    });

    // The last one: it closes.
    it('takes nothing after close', async () => {
      const topic = await newTopic(1);
      await messaging.close();
      await expect(send(topic, ['late'])).rejects.toMatchObject({ code: 'messaging-closed' });
    });
  });
}
