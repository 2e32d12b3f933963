import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Ingress, secrets, startIngress } from '../testing/ingress.js';
import { signed } from '../testing/test-provider.js';

let ingress: Ingress;
beforeAll(async () => {
  ingress = await startIngress({ instances: [['http'], ['http']] });
});
afterAll(() => ingress.stop());

const query = (sql: string, ...parameters: unknown[]) => ingress.database.database.query(sql, parameters);
const request = (keys: readonly string[], note?: string) => {
  const events = keys.map((id) => ({ id, type: 'deposit_captured', operation: `op_${id}`, note }));
  return signed(JSON.stringify({ events }), secrets.old);
};

it('the same webhook 20 times in parallel through two replicas: one effect, twenty 2xx', async () => {
  for (let round = 0; round < 25; round++) {
    const same = request([`same_${round}`]);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => ingress.post('test-psp/c_one', same, index % 2)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 202));
    expect(await query('select from outbox where key = $1', `op_same_${round}`)).toHaveLength(1);
    expect(
      await query('select from webhook_event where provider_event_id = $1', `same_${round}`),
    ).toHaveLength(1);
  }
  expect(await query('select from webhook_request')).toHaveLength(25);
  expect(await query('select from webhook_conflict')).toHaveLength(0);
});

it('batches with the same events in opposite order never stop each other', async () => {
  for (let round = 0; round < 40; round++) {
    const keys = Array.from({ length: 30 }, (_, index) => `batch_${round}_${index}`);
    const orders = [keys, keys.toReversed(), [...keys.slice(15), ...keys.slice(0, 15)]];
    const answers = await Promise.all(
      orders.flatMap((order, index) =>
        [0, 1].map((replica) => ingress.post('test-psp/c_one', request(order, `${index}`), replica)),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202, 202]);
    const events = await query(
      `select from outbox where topic like '%events%' and key like $1`,
      `op_batch\\_${round}\\_%`,
    );
    expect(events).toHaveLength(30);
  }
});

it('other bytes under one key at the same moment: one event, one conflict per content', async () => {
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        ingress.post('test-psp/c_one', request([`fight_${round}`], `content ${index % 3}`), index % 2),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 202));
    expect(await query('select from outbox where key = $1', `op_fight_${round}`)).toHaveLength(1);
    expect(await query('select from outbox where key = $1', `fight_${round}`)).toHaveLength(2);
    expect(
      await query('select from webhook_conflict where provider_event_id = $1', `fight_${round}`),
    ).toHaveLength(2);
  }
});
