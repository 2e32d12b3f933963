import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { playStory, until } from '@defter/cli';
import { Kafka, logLevel } from 'kafkajs';
import { startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld({}, { kafkaUsers: true });
}, 180_000);
afterAll(() => world?.stop());

const administrator = (): Kafka =>
  new Kafka({ brokers: [world.stack.kafka.brokers], logLevel: logLevel.NOTHING });

/** The groups that topics.md's readers and the keeper of dead letters make: who is missing was refused. */
const GROUPS = [
  'ledger:defter.ledger.commands.v1',
  'payments:defter.ledger.events.v1',
  'payments:defter.ledger.refusals.v1',
  'payments:defter.reconciliation.observations.v1',
  'payments:defter.reconciliation.settlements.v1',
  'payments:defter.webhooks.events.v1',
  'reconciliation:defter.ledger.events.v1',
  'reconciliation:defter.payments.anomalies.v1',
  'reconciliation:defter.payments.events.v1',
  'reconciliation:defter.webhooks.anomalies.v1',
  'webhook-delivery:defter.ledger.events.v1',
  'webhook-delivery:defter.payments.events.v1',
  'webhook-delivery:defter.reconciliation.findings.v1',
  'webhook-ingress-dead-letters',
];

describe('services that log in to Kafka, each with the rights of its own user', () => {
  it('do the main job, with a killed ledger and a faulty settlement file', async () => {
    const story = await playStory(world.stage('t_story'), { deposits: 30, withdrawals: 12 }, () => undefined);
    expect(story.checks.filter(({ holds }) => !holds)).toEqual([]);
    expect(story.checks.length).toBeGreaterThan(5);
  }, 240_000);

  it('are all in their groups', async () => {
    const admin = administrator().admin();
    await admin.connect();
    await until('every group to have members', async () => {
      const { groups } = await admin.describeGroups(GROUPS);
      return groups.every(({ members }) => members.length > 0) ? true : undefined;
    });
    await admin.disconnect();
  }, 60_000);

  it('were refused nothing on their way', () => {
    for (const { name } of world.stack.services) {
      const log = readFileSync(join(world.stack.dir, 'logs', `${name}.log`), 'utf8');
      expect({ name, refused: log.match(/Kafka doesn't (let|allow)[^"]*/)?.[0] }).toEqual({ name });
    }
  });

  it("can't do what another service does: the broker asks for rights", async () => {
    const { secured } = world.stack.kafka;
    const folder = join(world.stack.dir, 'kafka-users');
    const producer = new Kafka({
      brokers: [secured?.brokers ?? ''],
      ssl: { ca: readFileSync(secured?.caFile ?? '') },
      sasl: {
        mechanism: 'scram-sha-512',
        username: 'defter-payments',
        password: readFileSync(join(folder, 'defter-payments'), 'utf8'),
      },
      logLevel: logLevel.NOTHING,
    }).producer({ allowAutoTopicCreation: false, retry: { retries: 0 } });
    await producer.connect();
    const forged = { topic: 'defter.ledger.events.v1', messages: [{ value: '{}' }] };
    await expect(producer.send(forged)).rejects.toMatchObject({ type: 'TOPIC_AUTHORIZATION_FAILED' });
    await producer.disconnect();
  });
});
