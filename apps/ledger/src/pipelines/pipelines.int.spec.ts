import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { LedgerTopics } from '@defter/ledger-contracts';
import {
  createLogger,
  type IncomingRecord,
  kafkaMessaging,
  type Messaging,
  type OutgoingRecord,
  Metrics,
  SequenceRelay,
} from '@defter/platform';
import { eventually, testBroker } from '@defter/testing';
import { clientOf } from '../compatibility/client.fixture.js';
import { TestLedger } from '../ledger.fixture.js';
import { EventReader } from '../logs/event.read.js';
import { PipelineSource, REPLAY_HEADER } from './pipeline-relay.js';

const logger = createLogger('test', 'silent');
const LEDGER = `replayed-${Date.now()}`;
const EVENTS = 30;

let ledger: TestLedger;
let messaging: Messaging;
let seen: IncomingRecord[];
let stopReading: () => Promise<void>;

beforeAll(async () => {
  const brokers = await testBroker();
  messaging = kafkaMessaging({ brokers, clientId: 'pipelines-test', logger });
  await messaging.ensureTopics(Object.values(LedgerTopics));
  ledger = await TestLedger.start({
    replicas: 2,
    roles: ['http', 'worker'],
    env: { KAFKA_BROKERS: brokers.join(',') },
  });
  await ledger.open(LEDGER);
  for (let amount = 1; amount <= EVENTS; amount++)
    await ledger.transfer(LEDGER, { from: 'world', to: 'a', amount });
  seen = [];
  const subscription = await messaging.subscribe({
    group: randomUUID(),
    topics: [LedgerTopics.replays.name, LedgerTopics.events.name],
    deliver: async ({ records, done }) => {
      for (const record of records) {
        if (record.key === `t_one/${LEDGER}`) seen.push(record);
        await done(record);
      }
    },
    onDeath: () => undefined,
  });
  stopReading = () => subscription.stop();
});
afterAll(async () => {
  await stopReading();
  await ledger.stop();
  await messaging.close();
});

const at = (path = '') => `/v2/${LEDGER}/pipelines${path}`;
const start = async (body?: object): Promise<string> => {
  const created = await ledger.call('POST', at(), body === undefined ? {} : { body });
  expect([created.status, created.text]).toEqual([201, expect.any(String)]);
  return created.body.data.id as string;
};
const state = async (id: string) => (await ledger.call('GET', at(`/${id}`))).body.data;
/** Sequences that a pipeline sent, in the order of the topic. */
const sent = (id: string, topic: string = LedgerTopics.replays.name): number[] =>
  seen
    .filter((record) => record.topic === topic && record.headers[REPLAY_HEADER] === id)
    .map(({ value }) => (JSON.parse(value.toString()) as { sequence: number }).sequence);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('a pipeline', () => {
  it('replays from a sequence to another, in order, marked as a replay, and is done', async () => {
    const id = await start({ from: 5, to: 20 });
    await eventually(() => expect(sent(id)).toEqual(range(5, 20)));
    await eventually(async () =>
      expect(await state(id)).toMatchObject({ state: 'done', lastLogID: 20, behind: 0 }),
    );
    const record = seen.find(({ headers }) => headers[REPLAY_HEADER] === id);
    expect(record?.headers['ce_id']).toBe(`t_one/${LEDGER}/5`);
  });

  it('without an end goes on with what comes, rests when stopped, and begins anew', async () => {
    const id = await start({ from: EVENTS });
    await eventually(() => expect(sent(id)).toEqual([EVENTS]));
    await ledger.transfer(LEDGER, { from: 'world', to: 'a', amount: 1 });
    await eventually(() => expect(sent(id)).toEqual([EVENTS, EVENTS + 1]));
    await eventually(async () => expect(await state(id)).toMatchObject({ behind: 0 }));
    expect((await ledger.call('POST', at(`/${id}/stop`))).status).toBe(202);
    await ledger.transfer(LEDGER, { from: 'world', to: 'a', amount: 1 });
    // Whoever serves this one looks at the stopped one in the same turn.
    const other = await start({ from: 1, to: 1 });
    await eventually(async () => expect(await state(other)).toMatchObject({ state: 'done' }));
    expect(await state(id)).toMatchObject({ enabled: false, state: 'stopped', behind: 1 });
    await ledger.call('POST', at(`/${id}/reset`));
    await ledger.call('POST', at(`/${id}/start`));
    const again = range(EVENTS, EVENTS + 2);
    await eventually(() => expect(sent(id)).toEqual([EVENTS, EVENTS + 1, ...again]));
    expect((await ledger.call('DELETE', at(`/${id}`))).status).toBe(204);
    expect((await ledger.call('GET', at(`/${id}`))).status).toBe(404);
  });

  it('may refill the live topic, which live events leave unmarked', async () => {
    const live = () =>
      seen.filter(({ topic, headers }) => topic.includes('events') && !headers[REPLAY_HEADER]);
    await eventually(() => expect(live().length).toBeGreaterThanOrEqual(EVENTS));
    const id = await start({ topic: LedgerTopics.events.name, to: 3 });
    await eventually(() => expect(sent(id, LedgerTopics.events.name)).toEqual([1, 2, 3]));
  });

  it('is refused for a topic that is not declared, and for a range that ends before it begins', async () => {
    for (const body of [
      { topic: 'somewhere' },
      { topic: LedgerTopics.commands.name },
      { from: 3, to: 2 },
      { from: 0 },
    ]) {
      const refused = await ledger.call('POST', at(), { body });
      expect([refused.status, refused.body.code]).toEqual([400, 'malformed']);
    }
    expect((await ledger.call('POST', at(), { token: ledger.tokens.reader })).status).toBe(403);
    expect((await ledger.call('GET', at(), { token: ledger.tokens.two })).status).toBe(404);
    expect((await ledger.call('POST', at('/nobody/stop'))).status).toBe(404);
  });

  it('is one that the published client can create, read and end', async () => {
    const client = clientOf(ledger);
    const exporterID = LedgerTopics.replays.name;
    const created = await client.createPipeline({ ledger: LEDGER, v2CreatePipelineRequest: { exporterID } });
    const pipelineID = created.v2CreatePipelineResponse?.data.id ?? '';
    await client.stopPipeline({ ledger: LEDGER, pipelineID });
    const listed = await client.listPipelines({ ledger: LEDGER });
    expect(listed.v2PipelinesCursorResponse?.cursor.data.map(({ id }) => id)).toContain(pipelineID);
    await client.deletePipeline({ ledger: LEDGER, pipelineID });
  });
});

describe('a relay of pipelines that is killed', () => {
  it('between publishing and noting it publishes again, and skips nothing', async () => {
    const quiet = await TestLedger.start();
    const { database } = quiet.database;
    await quiet.open('main');
    for (const amount of [1, 2, 3]) await quiet.transfer('main', { from: 'world', to: 'a', amount });
    const created = await quiet.call('POST', '/v2/main/pipelines', { body: { to: 3 } });
    const published: OutgoingRecord[] = [];
    let kills = 1;
    const publish = (records: readonly OutgoingRecord[]): Promise<void> => {
      published.push(...records);
      return kills-- > 0 ? Promise.reject(new Error('killed here')) : Promise.resolve();
    };
    const over = Object.assign(Object.create(messaging) as Messaging, { publish });
    const source = new PipelineSource(database, new EventReader(database));
    const metrics = new Metrics('test');
    const relay = new SequenceRelay({ name: 'test', database, messaging: over, metrics, logger, source });
    await relay.start();
    try {
      await eventually(async () => {
        const { body } = await quiet.call('GET', `/v2/main/pipelines/${created.body.data.id}`);
        expect(body.data.state).toBe('done');
      });
      const bodies = published.map(({ value }) => JSON.parse(value.toString()) as { sequence: number });
      expect(bodies.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 1, 2, 3]);
    } finally {
      await relay.stop();
      await quiet.stop();
    }
  });
});
