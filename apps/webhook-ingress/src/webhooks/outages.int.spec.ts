import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually } from '@defter/testing';
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
         where application_name = 'webhook-ingress' and wait_event_type = 'Lock' and datname = current_database()`,
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
