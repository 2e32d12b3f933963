import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createLogger, kafkaMessaging, type IncomingRecord, type Messaging } from '@defter/platform';
import {
  eventually,
  type KafkaServer,
  type PostgresServer,
  scratchFolder,
  startKafka,
  startPostgres,
} from '@defter/testing';
import { WebhookTopics } from '@defter/webhooks-contracts';
import { digestOf, type Ingress, secrets, startIngress } from '../testing/ingress.js';
import { signed } from '../testing/test-provider.js';

const request = (id: string) =>
  signed(JSON.stringify({ events: [{ id, type: 'deposit_captured', operation: `op_${id}` }] }), secrets.old);

describe('a connection to the database that is cut in the middle of the insert', () => {
  let ingress: Ingress;
  let admin: pg.Client;
  beforeAll(async () => {
    ingress = await startIngress();
    admin = new pg.Client({ connectionString: ingress.database.adminUrl });
    await admin.connect();
  });
  afterAll(async () => {
    await admin.end();
    await ingress.stop();
  });

  it('is a 503 with nothing stored, and the next try is acknowledged', async () => {
    const before = await digestOf(ingress.database);
    // The statement has written event and request, and stops before the message.
    await admin.query('begin');
    await admin.query('lock table outbox in exclusive mode');
    const answering = ingress.post('test-psp/c_one', request('cut'));
    await eventually(async () => {
      const { rowCount } = await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'webhook-ingress' and wait_event_type = 'Lock' and datname =
           current_database()`,
      );
      expect(rowCount).toBe(1);
    });
    const answer = await answering;
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    await admin.query('rollback');
    expect(await digestOf(ingress.database)).toBe(before);

    expect((await ingress.post('test-psp/c_one', request('cut'))).status).toBe(202);
    const { database } = ingress.database;
    expect(await database.query(`select from outbox where key = 'op_cut'`)).toHaveLength(1);
  });
});

describe('without PostgreSQL', () => {
  let postgres: PostgresServer;
  let ingress: Ingress;
  const given = process.env['DATABASE_ADMIN_URL'];
  beforeAll(async () => {
    postgres = await startPostgres({ dir: scratchFolder('postgres-outage') });
    process.env['DATABASE_ADMIN_URL'] = postgres.url;
    ingress = await startIngress();
  });
  afterAll(async () => {
    await ingress.stop();
    if (given === undefined) delete process.env['DATABASE_ADMIN_URL'];
    else process.env['DATABASE_ADMIN_URL'] = given;
    await postgres.stop();
  });

  it('nothing is acknowledged, and what was acknowledged before is there after kill -9', async () => {
    const acknowledged = Array.from({ length: 50 }, (_, index) => `before_${index}`);
    const answers = await Promise.all(acknowledged.map((id) => ingress.post('test-psp/c_one', request(id))));
    expect(answers.every(({ status }) => status === 202)).toBe(true);

    await postgres.kill();
    const refused = await ingress.post('test-psp/c_one', request('during'));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    await postgres.start();
    await eventually(async () => {
      expect((await ingress.post('test-psp/c_one', request('during'))).status).toBe(202);
    });

    const rows = await ingress.database.database.query<{ id: string }>(
      'select provider_event_id as id from webhook_event',
    );
    expect(rows.map(({ id }) => id).sort()).toEqual([...acknowledged, 'during'].sort());
  });
});

describe('without Kafka', () => {
  let kafka: KafkaServer;
  let ingress: Ingress;
  let reader: Messaging;
  const received: IncomingRecord[] = [];
  beforeAll(async () => {
    kafka = await startKafka({ dir: scratchFolder('kafka-outage') });
    ingress = await startIngress({ instances: [['http'], ['worker']], brokers: [kafka.brokers] });
    const logger = createLogger('reader', 'silent');
    reader = kafkaMessaging({ brokers: [kafka.brokers], clientId: 'reader', logger });
  });
  afterAll(async () => {
    await ingress.stop();
    await reader.close();
    await kafka.stop();
  });

  it('acknowledgements go on, and the relay catches up', async () => {
    await ingress.post('test-psp/c_one', request('up'));
    await kafka.kill();
    const ids = Array.from({ length: 40 }, (_, index) => `down_${index}`);
    const answers = await Promise.all(ids.map((id) => ingress.post('test-psp/c_one', request(id))));
    expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 202));
    await kafka.start();

    const subscription = await reader.subscribe({
      group: 'test-reader',
      topics: [WebhookTopics.events.name],
      deliver: async ({ records, done }) => {
        for (const record of records) {
          received.push(record);
          await done(record);
        }
      },
      onDeath: () => undefined,
    });
    await eventually(
      () =>
        expect(new Set(received.map(({ key }) => key))).toEqual(
          new Set(['up', ...ids].map((id) => `op_${id}`)),
        ),
      { timeoutMs: 30_000 },
    );
    await subscription.stop();
    for (const { headers, value, key } of received) {
      const message = JSON.parse(value.toString());
      expect(headers).toMatchObject({
        ce_id: message.eventId,
        ce_tenantid: 't_ingress',
        ce_source: 'webhook-ingress',
      });
      expect([headers['ce_subject'], message.facts.operationId]).toEqual([message.requestId, key]);
    }
  });
});
