import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Type } from '@sinclair/typebox';
import { eventually, testDatabase, type TestDatabase } from '@defter/testing';
import type { Messaging } from '../messaging.js';
import { collect, consume, declare, message, openMessaging } from '../../testing/messaging-stand.js';
import { deadTopicOf, type TopicDeclaration } from '../topic.js';
import type { Gap, MessageContext, MissedEvent } from './message.js';
import { EventPattern, MissingEvents } from './event-pattern.js';

interface Sequenced {
  readonly ledger: string;
  readonly sequence: number;
}

let db: TestDatabase;
let messaging: Messaging;
let topic: TopicDeclaration;
let running: { stop(): Promise<void> }[] = [];
let applied: number[];
let gaps: string[];

beforeAll(async () => {
  db = await testDatabase();
  messaging = await openMessaging();
});
beforeEach(async () => {
  topic = declare({ schema: Type.Object({ ledger: Type.String(), sequence: Type.Integer() }) });
  await messaging.ensureTopics([topic]);
  applied = [];
  gaps = [];
});
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()));
  running = [];
});
afterAll(async () => {
  await messaging.close();
  await db.stop();
});

const body = (sequence: number): Sequenced => ({ ledger: 'main', sequence });
const send = (...sequences: number[]) =>
  messaging.publish(sequences.map((sequence) => message(topic, body(sequence))));

/** Applies events, failing on one of them for good when told so; the owner answers for every gap. */
async function start(failing?: number, owner = (gap: Gap): MissedEvent[] => eventsOf(gap)): Promise<void> {
  const position = ({ ledger, sequence }: Sequenced) => ({ stream: ledger, sequence });
  @Controller()
  class Handler {
    @EventPattern(topic.name, { mode: 'position', position })
    async handle(@Payload() event: Sequenced, @Ctx() { tx }: MessageContext): Promise<void> {
      await tx.query('select 1');
      if (event.sequence === failing) throw new Error('bad event');
      tx.afterCommit(() => applied.push(event.sequence));
    }

    @MissingEvents(topic.name)
    missing(@Payload() gap: Gap): Promise<MissedEvent[]> {
      gaps.push(`${gap.tenantId} ${gap.stream} ${gap.from}-${gap.to}`);
      return Promise.resolve(owner(gap));
    }
  }
  running.push(await consume([Handler], [topic], { messaging, database: db.database, group: topic.name }));
}

function eventsOf({ from, to }: Gap): MissedEvent[] {
  const sequences = Array.from(
    { length: Number.parseInt(`${to - from + 1n}`, 10) },
    (_, index) => Number.parseInt(`${from}`, 10) + index,
  );
  return sequences.map((sequence) => ({
    id: `main/${sequence}`,
    type: 'Sequenced',
    time: new Date(),
    body: body(sequence),
  }));
}

describe('position mode', () => {
  it('applies each event once and in order, whatever comes again', async () => {
    await send(1, 2, 2, 1, 3, 3, 4);
    await start();
    await eventually(() => expect(applied).toEqual([1, 2, 3, 4]));
    expect(gaps).toEqual([]);
  });

  it('reads a gap from the owner before it goes on, in pages', async () => {
    await send(1, 4, 5, 606);
    await start();
    await eventually(() => expect(applied).toEqual(Array.from({ length: 606 }, (_, index) => index + 1)), {
      timeoutMs: 30_000,
    });
    expect(gaps).toEqual(['t_test main 2-3', 't_test main 6-505', 't_test main 506-605']);
  });

  it('waits while the owner can not fill the gap, and skips nothing', async () => {
    let answers = 0;
    await send(1, 3);
    await start(undefined, (gap) => (++answers < 4 ? [] : eventsOf(gap)));
    await eventually(() => expect(applied).toEqual([1, 2, 3]));
    expect(answers).toBe(4);
  });

  it('buries an event that fails for good, and goes on behind it', async () => {
    const letters = await collect(messaging, [deadTopicOf(topic.name)]);
    running.push(letters);
    await send(1, 3, 4);
    await start(2);
    await eventually(() => expect(applied).toEqual([1, 3, 4]));
    await eventually(() =>
      expect(letters.records.map(({ headers }) => headers['ce_id'])).toEqual(['main/2']),
    );
  });

  it('needs a way to read what is missing', async () => {
    @Controller()
    class Handler {
      @EventPattern(topic.name, {
        mode: 'position',
        position: ({ ledger, sequence }: Sequenced) => ({ stream: ledger, sequence }),
      })
      handle(): void {}
    }
    await expect(consume([Handler], [topic], { messaging, database: db.database })).rejects.toThrow(
      'no @MissingEvents method',
    );
  });
});
