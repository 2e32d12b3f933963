import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { DeliveryStand } from '../testing/delivery-stand.js';
import { eventually } from '../testing/eventually.js';
import { answering, Receiver, type Seen } from '../testing/receiver.js';

jest.setTimeout(180_000);

let stand: DeliveryStand;
let receiver: Receiver;
let made: string[] = [];
beforeAll(async () => {
  [stand, receiver] = await Promise.all([DeliveryStand.start(), Receiver.start()]);
});
afterAll(async () => {
  await stand.stop();
  await receiver.stop();
});
afterEach(async () => {
  for (const id of made) await stand.call('DELETE', `/v1/webhook_endpoints/${id}`);
  made = [];
  receiver.seen.length = 0;
});

async function endpoint(path: string, more: Record<string, unknown> = {}) {
  const one = await stand.endpoint(receiver.url + path, more);
  made.push(one.id);
  return one;
}
const delivery = async (endpointId: string) =>
  (await stand.call('GET', `/v1/webhook_deliveries?endpoint_id=${endpointId}`)).body.data[0];
const headersOf = ({ headers }: Seen) => headers as Record<string, string>;

describe('an event', () => {
  it('arrives once, signed so that the published library accepts it', async () => {
    const { id, secret } = await endpoint('/once');
    await stand.happen();
    await eventually(async () =>
      expect(await delivery(id)).toMatchObject({ state: 'delivered', attempts: 1 }),
    );
    const [seen, ...more] = receiver.at('/once');
    expect(more).toEqual([]);
    if (seen === undefined) throw new Error('nothing came');
    const body = new Webhook(secret).verify(seen.body, headersOf(seen));
    expect(body).toMatchObject({ type: 'payout.paid', schema_version: 1, data: { object: 'test' } });
    expect(body).toHaveProperty('id', seen.headers['webhook-id']);
  });

  it('comes again under the same id and body until the receiver takes it', async () => {
    const { id, secret } = await endpoint('/again');
    receiver.paths.set('/again', (response) => {
      response.writeHead(receiver.at('/again').length < 3 ? 500 : 200).end('no');
    });
    await stand.happen();
    await eventually(async () =>
      expect(await delivery(id)).toMatchObject({ state: 'delivered', attempts: 3 }),
    );
    const seen = receiver.at('/again');
    expect(new Set(seen.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
    for (const one of seen) new Webhook(secret).verify(one.body, headersOf(one));
  });

  it('is dead with its reason when the ladder is exhausted, and a person sends it again', async () => {
    const { id } = await endpoint('/dead');
    receiver.paths.set('/dead', answering(503, { 'x-why': 'full' }, 'come back'));
    await stand.happen();
    await eventually(async () =>
      expect(await delivery(id)).toMatchObject({ state: 'dead', reason: 'http_503', attempts: 5 }),
    );
    const dead = await delivery(id);
    const attempts = await stand.call('GET', `/v1/webhook_deliveries/${dead.id}/attempts`);
    expect(attempts.body.data).toHaveLength(5);
    expect(attempts.body.data[0]).toMatchObject({
      number: 1,
      status: 503,
      response: { body: 'come back', cut: false, headers: { 'x-why': 'full' } },
    });
    receiver.paths.set('/dead', answering(200));
    expect((await stand.call('POST', `/v1/webhook_deliveries/${dead.id}/retry`)).status).toBe(202);
    await eventually(async () =>
      expect(await delivery(id)).toMatchObject({ state: 'delivered', attempts: 6 }),
    );
  });

  it('goes only to endpoints that ask for its type', async () => {
    const [paid, all] = [await endpoint('/paid', { event_types: ['payout.paid'] }), await endpoint('/all')];
    await endpoint('/ledger', { event_types: ['ledger.*'] });
    await stand.happen(1, 'payout.failed');
    await eventually(async () => expect(await delivery(all.id)).toMatchObject({ state: 'delivered' }));
    expect(await delivery(paid.id)).toBeUndefined();
    expect(receiver.at('/ledger')).toEqual([]);
  });

  it('waits as long as a 429 asks, and no less than the ladder says', async () => {
    const { id } = await endpoint('/later');
    receiver.paths.set('/later', answering(429, { 'retry-after': '3600' }));
    await stand.happen();
    const inSeconds = async () => (Date.parse((await delivery(id)).next_attempt_at) - Date.now()) / 1_000;
    await eventually(async () => expect(await inSeconds()).toBeGreaterThan(3_500));
    expect(await inSeconds()).toBeLessThanOrEqual(3_600);
  });

  it('is not followed to where a redirect leads', async () => {
    const { id } = await endpoint('/moved');
    receiver.paths.set('/moved', answering(302, { location: `${receiver.url}/elsewhere` }));
    await stand.happen();
    await eventually(async () =>
      expect(await delivery(id)).toMatchObject({ state: 'dead', reason: 'http_302' }),
    );
    expect(receiver.at('/elsewhere')).toEqual([]);
  });
});
