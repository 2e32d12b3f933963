import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Type } from '@sinclair/typebox';
import { eventually, testDatabase, type TestDatabase } from '@defter/testing';
import { Fault } from '../../http/problem.js';
import { deadTopicOf, type TopicDeclaration } from '../topic.js';
import type { Messaging } from '../messaging.js';
import {
  collect,
  consume,
  declare,
  message,
  openMessaging,
  type ConsumerUnderTest,
} from '../../testing/messaging-stand.js';
import { EventPattern } from './event-pattern.js';
import type { MessageContext, ReceivedMessage } from './message.js';

interface Numbered {
  readonly n: number;
}

let db: TestDatabase;
let messaging: Messaging;
let running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  db = await testDatabase();
  messaging = await openMessaging();
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  running = [];
});
afterAll(async () => {
  await messaging.close();
  await db.stop();
});

const track = <T extends { stop(): Promise<void> }>(one: T): T => {
  running.push(one);
  return one;
};
const newTopic = async (options: Partial<TopicDeclaration> = {}): Promise<TopicDeclaration> => {
  const topic = declare(options);
  await messaging.ensureTopics([topic]);
  return topic;
};
const start = async (
  controllers: Parameters<typeof consume>[0],
  topic: TopicDeclaration,
  group?: string,
): Promise<ConsumerUnderTest> =>
  track(
    await consume(controllers, [topic], {
      messaging,
      database: db.database,
      ...(group !== undefined && { group }),
    }),
  );

/** A handler whose effect is a row in the event store, so that effect and inbox are in one database. */
function effects(
  topic: TopicDeclaration,
  before: (body: Numbered, context: MessageContext) => void | Promise<void> = () => undefined,
) {
  @Controller()
  class Handler {
    @EventPattern(topic.name)
    async handle(@Payload() body: Numbered, @Ctx() context: MessageContext): Promise<void> {
      await context.tx.query(
        `insert into stream_event (tenant_id, stream_id, version, type, payload, actor)
         select $1, $2, 1 + count(*), 'Effect', $3, 'test'
           from stream_event where tenant_id = $1 and stream_id = $2`,
        [context.message.tenantId, topic.name, JSON.stringify(body)],
      );
      await before(body, context);
    }
  }
  return Handler;
}
const effectsOf = async (topic: TopicDeclaration): Promise<number[]> => {
  const sql = `select payload from stream_event where stream_id = $1 order by version`;
  return (await db.database.query<{ payload: Numbered }>(sql, [topic.name])).map(({ payload }) => payload.n);
};
const dead = async (topic: TopicDeclaration) =>
  track(await collect(messaging, [deadTopicOf(topic.name)])).records;

describe('one transaction per message', () => {
  it('gives one effect to a message that comes twice, also to another instance', async () => {
    const topic = await newTopic();
    await messaging.publish([message(topic, { n: 1 }), message(topic, { n: 1 }), message(topic, { n: 2 })]);
    const { group, stop } = await start([effects(topic)], topic);
    await eventually(async () => expect(await effectsOf(topic)).toEqual([1, 2]));
    await stop();
    await messaging.publish([message(topic, { n: 1 }), message(topic, { n: 3 })]);
    await start([effects(topic)], topic, group);
    await eventually(async () => expect(await effectsOf(topic)).toEqual([1, 2, 3]));
  });

  it('buries poison with its reason and goes on', async () => {
    const topic = await newTopic();
    const letters = await dead(topic);
    const good = message(topic, { n: 1 });
    const { ce_id: _id, ...withoutId } = good.headers;
    await messaging.publish([
      { ...good, value: '{"n": 1' },
      { ...good, value: Buffer.from([0x22, 0xff, 0x22]) },
      { ...good, headers: withoutId },
      message(topic, { n: 'one' }),
      good,
    ]);
    await start([effects(topic)], topic);
    await eventually(async () => expect(await effectsOf(topic)).toEqual([1]));
    await eventually(() => expect(letters).toHaveLength(4));
    expect(letters.map(({ headers }) => headers['dead_reason'])).toEqual([
      expect.stringContaining('not JSON'),
      expect.stringContaining('not JSON'),
      'header ce_id is missing',
      expect.stringContaining('refused by the schema at /n'),
    ]);
    expect(letters[0]).toMatchObject({
      key: 'k',
      headers: { dead_topic: topic.name, dead_offset: '0', ce_type: 'Numbered' },
    });
    expect(letters[0]?.value.toString()).toBe('{"n": 1');
  });

  it('repeats a failing handler, undoes its writes, buries the message and goes on', async () => {
    const topic = await newTopic();
    const letters = await dead(topic);
    let calls = 0;
    const handler = effects(topic, ({ n }) => {
      if (n === 1 && ++calls > 0) throw new Error('the rule is broken');
    });
    await messaging.publish([message(topic, { n: 1 }), message(topic, { n: 2 })]);
    await start([handler], topic);
    await eventually(async () => expect(await effectsOf(topic)).toEqual([2]));
    await eventually(() => expect(letters).toHaveLength(1));
    expect(calls).toBe(3);
    expect(letters[0]?.headers['dead_reason']).toBe('handler failed 3 times: Error: the rule is broken');
  });

  it('waits for a Fault without end: no dead letter, the order kept', async () => {
    const topic = await newTopic();
    const letters = await dead(topic);
    let away = true;
    let calls = 0;
    const handler = effects(topic, () => {
      calls += 1;
      if (away) throw new Fault('database-away', 'away');
    });
    await messaging.publish([message(topic, { n: 1 }), message(topic, { n: 2 })]);
    await start([handler], topic);
    await eventually(() => expect(calls).toBeGreaterThan(6));
    away = false;
    await eventually(async () => expect(await effectsOf(topic)).toEqual([1, 2]));
    expect(letters).toEqual([]);
  });

  it('serves instances of one service that consume different topics, as roles and releases do', async () => {
    const [one, two] = [await newTopic(), await newTopic()];
    const { group } = await start([effects(one)], one);
    await start([effects(two)], two, group);
    await messaging.publish([message(one, { n: 1 }), message(two, { n: 2 })]);
    await eventually(async () => expect([await effectsOf(one), await effectsOf(two)]).toEqual([[1], [2]]));
  });

  it('commits no offset before the transaction: what was in hand at a stop comes again', async () => {
    const topic = await newTopic();
    let calls = 0;
    const handler = effects(topic, () => {
      calls += 1;
      throw new Fault('database-away', 'away');
    });
    await messaging.publish([message(topic, { n: 1 })]);
    const { group, stop } = await start([handler], topic);
    await eventually(() => expect(calls).toBeGreaterThan(1));
    await stop();
    await start([effects(topic)], topic, group);
    await eventually(async () => expect(await effectsOf(topic)).toEqual([1]));
  });

  it('ignores a type that it does not know yet, and buries a known type with a wrong body', async () => {
    const member = (type: string) => Type.Object({ type: Type.Literal(type), n: Type.Integer() });
    const topic = await newTopic({ schema: Type.Union([member('A'), member('B')]) });
    const letters = await dead(topic);
    await messaging.publish([
      message(topic, { type: 'FromTheFuture', n: 1 }),
      message(topic, { type: 'A', n: '2' }),
      message(topic, { n: 3 }),
      message(topic, { type: 'B', n: 4 }),
    ]);
    await start([effects(topic)], topic);
    await eventually(async () => expect(await effectsOf(topic)).toEqual([4]));
    await eventually(() =>
      expect(letters.map(({ value }) => value.toString())).toEqual(['{"type":"A","n":"2"}', '{"n":3}']),
    );
  });
});

describe('a whole batch', () => {
  function batches(
    topic: TopicDeclaration,
    handle: (messages: readonly ReceivedMessage<Numbered>[]) => void,
  ) {
    @Controller()
    class Handler {
      @EventPattern(topic.name, { mode: 'batch' })
      async handle(@Payload() messages: readonly ReceivedMessage<Numbered>[]): Promise<void> {
        await Promise.resolve();
        handle(messages);
      }
    }
    return Handler;
  }

  it('comes in one call, in order, without its poison', async () => {
    const topic = await newTopic();
    const letters = await dead(topic);
    const calls: number[][] = [];
    await messaging.publish([
      message(topic, { n: 1 }),
      { ...message(topic, {}), value: 'x' },
      message(topic, { n: 2 }),
      message(topic, { n: 3 }),
    ]);
    await start([batches(topic, (messages) => calls.push(messages.map(({ body }) => body.n)))], topic);
    await eventually(() => expect(calls).toEqual([[1, 2, 3]]));
    await eventually(() => expect(letters).toHaveLength(1));
  });

  it('falls apart when it keeps failing, so that only the bad message dies', async () => {
    const topic = await newTopic();
    const letters = await dead(topic);
    const applied = new Set<number>();
    const handler = batches(topic, (messages) => {
      if (messages.some(({ body }) => body.n === 2)) throw new Error('two is bad');
      for (const { body } of messages) applied.add(body.n);
    });
    await messaging.publish([1, 2, 3].map((n) => message(topic, { n })));
    await start([handler], topic);
    await eventually(() => expect([...applied]).toEqual([1, 3]));
    await eventually(() => expect(letters.map(({ value }) => value.toString())).toEqual(['{"n":2}']));
  });
});

describe('the start', () => {
  it('is stopped by a consumed topic without handler', async () => {
    const topic = await newTopic();
    await expect(start([], topic)).rejects.toThrow(
      `${topic.name} is consumed, but no @EventPattern handles it`,
    );
  });

  it('is stopped by a handler whose topic nobody consumes', async () => {
    const topic = await newTopic();
    const stray = declare();
    await expect(start([effects(topic), effects(stray)], topic)).rejects.toThrow(
      `There is a handler for ${stray.name}`,
    );
  });

  it('is stopped by two handlers for one topic', async () => {
    const topic = await newTopic();
    await expect(start([effects(topic), effects(topic)], topic)).rejects.toThrow('Two handlers');
  });

  it('is stopped by a topic that does not exist', async () => {
    const topic = declare();
    await expect(start([effects(topic)], topic)).rejects.toThrow(
      `The topic ${topic.name} does not exist, or our user may not see it`,
    );
  });
});
