import { Agent } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { manualClock } from '@defter/kernel';
import { type Ingress, secrets, startIngress } from '../testing/ingress.js';
import { postFrom } from '../testing/raw-http.js';
import { signed } from '../testing/test-provider.js';

const DISTINCT = 350;
const SIGNED = 500;
const UNSIGNED = 300;

/** So low that a flood of this size is limited; the time stands still, so that no bucket fills. */
const tight = { REFUSALS_PER_ADDRESS: '1', REFUSALS_PER_CONNECTION: '1' };

let ingress: Ingress;
const agent = new Agent({ keepAlive: true, maxSockets: 24 });
beforeAll(async () => {
  ingress = await startIngress({
    instances: [['http'], ['http']],
    env: tight,
    clock: manualClock(new Date()),
  });
});
afterAll(async () => {
  agent.destroy();
  await ingress.stop();
});

/** Runs so many at a time until the list is empty. */
const workOff = <T>(list: readonly T[], lanes: number, work: (item: T, index: number) => Promise<void>) => {
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < list.length; index = next++) await work(list[index] as T, index);
  };
  return Promise.all(Array.from({ length: lanes }, lane));
};

// Counts, not times: what `./defter bench webhooks` measures is that it is quick, too.
it('500 signed webhooks, 30 % repetitions, are all taken while 300 unsigned ones come', async () => {
  const bodies = Array.from({ length: DISTINCT }, (_, id) =>
    signed(JSON.stringify({ events: [{ id: `e${id}`, type: 't', operation: `op_${id}` }] }), secrets.old),
  );
  const webhooks = Array.from({ length: SIGNED }, (_, index) => bodies[index % DISTINCT]);
  const flood = Array.from({ length: UNSIGNED }, (_, index) =>
    index % 2 === 0 ? { body: Buffer.from('{}'), headers: {} } : signed(`{"n":${index}}`, 'whsec_wrong'),
  );
  const statuses = { signed: [] as number[], unsigned: [] as number[] };
  await Promise.all([
    workOff(flood, 24, async (request, index) => {
      const url = `${ingress.instances[index % 2]?.url}/api/v1/payments/webhook/test-psp/c_one`;
      const { status } = await postFrom(`127.0.0.${2 + (index % 10)}`, url, request, agent);
      statuses.unsigned.push(status);
    }),
    workOff(webhooks, 16, async (request, index) => {
      if (request === undefined) return;
      statuses.signed.push((await ingress.post('test-psp/c_one', request, index % 2)).status);
    }),
  ]);

  expect(statuses.signed).toHaveLength(SIGNED);
  expect(new Set(statuses.signed)).toEqual(new Set([202]));
  expect(statuses.unsigned).toHaveLength(UNSIGNED);
  expect(statuses.unsigned.every((status) => status === 401 || status === 429)).toBe(true);
  expect(statuses.unsigned).toContain(429);
  const { database } = ingress.database;
  for (const table of ['webhook_event', 'webhook_request', 'outbox']) {
    expect(await database.query(`select from ${table}`)).toHaveLength(DISTINCT);
  }
});
