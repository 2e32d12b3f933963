import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DeliveryStand } from '../testing/delivery-stand.js';
import { eventually } from '../testing/eventually.js';
import { answering, Receiver } from '../testing/receiver.js';
import { NameResolver } from './resolver.js';

/** Name servers in the test's hands: each name has its answers, one after the other; the last one stays. */
class Names {
  readonly answers = new Map<string, string[][]>();
  asked = 0;

  addresses(name: string): Promise<string[]> {
    this.asked += 1;
    const left = this.answers.get(name) ?? [];
    return Promise.resolve((left.length > 1 ? left.shift() : left[0]) ?? []);
  }
}

jest.setTimeout(180_000);

let stand: DeliveryStand;
let receiver: Receiver;
const names = new Names();
beforeAll(async () => {
  receiver = await Receiver.start();
  const providers = [{ provide: NameResolver, useValue: names }];
  // A wait that is never over: each test looks at one attempt.
  const env = { RETRY_LADDER: '0ms,1h', CONNECT_TIMEOUT: '500ms' };
  stand = await DeliveryStand.start(['http', 'worker'], env, providers);
});
afterAll(async () => {
  await stand.stop();
  await receiver.stop();
});
beforeEach(() => {
  receiver.seen.length = 0;
});

const port = () => new URL(receiver.url).port;

/** Sends a test event to a host that has these answers; the attempt's end. */
async function attemptAt(host: string, ...answers: string[][]) {
  names.answers.set(host, answers);
  const { id } = await stand.endpoint(`http://${host}:${port()}/x`);
  const sent = await stand.call('POST', `/v1/webhook_endpoints/${id}/test`);
  expect(sent.status).toBe(202);
  return nextAttempt(sent.body.id, 1);
}

const nextAttempt = (deliveryId: string, count: number) =>
  eventually(async () => {
    const { body } = await stand.call('GET', `/v1/webhook_deliveries/${deliveryId}/attempts`);
    expect(body.data).toHaveLength(count);
    return { deliveryId, ...body.data.at(-1) };
  });

describe('the connection', () => {
  it.each([
    ['private', ['10.1.2.3']],
    ['metadata', ['169.254.169.254']],
    ['mapped', ['::ffff:169.254.169.254']],
    ['translated', ['64:ff9b::a9fe:a9fe']],
    ['several', ['192.168.1.1', 'fd00::1', '0.0.0.0']],
  ])('is not made where the name leads to an address that is refused: %s', async (name, addresses) => {
    const attempt = await attemptAt(`${name}.example.com`, addresses);
    expect(attempt).toMatchObject({ status: null, failure: 'address_refused' });
    expect(receiver.seen).toEqual([]);
  });

  it('goes to the allowed one where a name has both', async () => {
    const attempt = await attemptAt('both.example.com', ['10.1.2.3', '127.0.0.1']);
    expect(attempt).toMatchObject({ status: 204 });
    expect(receiver.seen[0]?.headers.host).toBe(`both.example.com:${port()}`);
  });

  it('goes to the next address where the first one is dead', async () => {
    expect(await attemptAt('half.example.com', ['127.0.0.2', '127.0.0.1'])).toMatchObject({ status: 204 });
  });

  it('goes to the address that was judged, and the name is not asked twice (rebinding)', async () => {
    names.asked = 0;
    // Allowed to the judge, this machine's own to whoever asks a moment later, and the other way round.
    const [first, second] = [['127.0.0.1'], ['10.0.0.1']];
    const attempt = await attemptAt('rebinding.example.com', first, second);
    expect(attempt).toMatchObject({ status: 204 });
    expect(names.asked).toBe(1);
    // The connection is kept for a moment; a new one is judged anew, by the answer of then.
    receiver.behaviour = answering(500, { connection: 'close' });
    expect((await stand.call('POST', `/v1/webhook_deliveries/${attempt.deliveryId}/retry`)).status).toBe(202);
    await nextAttempt(attempt.deliveryId, 2);
    expect((await stand.call('POST', `/v1/webhook_deliveries/${attempt.deliveryId}/retry`)).status).toBe(202);
    const third = await nextAttempt(attempt.deliveryId, 3);
    expect(third).toMatchObject({ failure: 'address_refused' });
    expect(names.asked).toBe(2);
    receiver.behaviour = answering(204);
  });

  it('is not made where the name has no address', async () => {
    expect(await attemptAt('nothing.example.com', [])).toMatchObject({ failure: 'name_not_found' });
  });

  it('is judged again when the settings change: what was allowed is refused', async () => {
    const { id } = await stand.endpoint(`${receiver.url}/x`);
    await stand.rows(`update webhook_endpoint set url = 'http://127.0.0.1:1@10.0.0.1/' where id = $1`, [id]);
    const sent = await stand.call('POST', `/v1/webhook_endpoints/${id}/test`);
    expect(await nextAttempt(sent.body.id, 1)).toMatchObject({ failure: 'url_refused' });
  });

  it.each([
    ['a port where nobody listens', '127.0.0.1:1', 'connect_failed'],
    ['a receiver without TLS', undefined, 'tls_failed'],
  ])('fails with its reason at %s', async (_, host, failure) => {
    const address = host === undefined ? `https://127.0.0.1:${port()}` : `http://${host}`;
    const { id } = await stand.endpoint(`${address}/x`);
    const sent = await stand.call('POST', `/v1/webhook_endpoints/${id}/test`);
    expect(await nextAttempt(sent.body.id, 1)).toMatchObject({ failure });
  });
});

describe('without the switch for this machine', () => {
  it('loopback is refused where the connection is made, too', async () => {
    const { id } = await stand.endpoint(`http://late.example.com:${port()}/x`);
    names.answers.set('late.example.com', [['127.0.0.1']]);
    await Promise.all(stand.instances.splice(1).map((instance) => instance.stop()));
    const strict = await DeliveryStand.start(
      ['http', 'worker'],
      { ALLOW_LOOPBACK: 'false', RETRY_LADDER: '0ms,1h' },
      [{ provide: NameResolver, useValue: names }],
    );
    try {
      expect(
        (
          await strict.call('POST', '/v1/webhook_endpoints', {
            body: { url: receiver.url, event_types: ['*'] },
          })
        ).status,
      ).toBe(422);
      const own = await strict.endpoint(`http://late.example.com:${port()}/x`);
      const sent = await strict.call('POST', `/v1/webhook_endpoints/${own.id}/test`);
      await eventually(async () => {
        const { body } = await strict.call('GET', `/v1/webhook_deliveries/${sent.body.id}`);
        expect(body).toMatchObject({ state: 'pending', reason: 'address_refused' });
      });
      expect(receiver.seen).toEqual([]);
      expect(id).toMatch(/^whe_/);
    } finally {
      await strict.stop();
    }
  });
});
