import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createLogger, Database } from '@defter/platform';
import { Housekeeping } from '../housekeeping/housekeeping.job.js';
import { DeliveryStand, TENANT } from '../testing/delivery-stand.js';
import { eventually } from '../testing/eventually.js';
import { answering, Receiver } from '../testing/receiver.js';

jest.setTimeout(180_000);

let stand: DeliveryStand;
let receiver: Receiver;
beforeAll(async () => {
  const env = { HOUSEKEEPING_INTERVAL: '1h', RETRY_LADDER: '0ms' };
  [stand, receiver] = await Promise.all([DeliveryStand.start(['http', 'worker'], env), Receiver.start()]);
});
afterAll(async () => {
  await stand.stop();
  await receiver.stop();
});
beforeEach(async () => {
  await stand.rows(`update webhook_endpoint set status = 'deleted'`);
  receiver.seen.length = 0;
  receiver.behaviour = answering(200);
});

const everything = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
const replay = (endpointId: string, body: object = everything) =>
  stand.call('POST', `/v1/webhook_endpoints/${endpointId}/replays`, { body });
const over = (id: string) =>
  eventually(async () => {
    const { body } = await stand.call('GET', `/v1/webhook_replays/${id}`);
    expect(body.state).not.toBe('running');
    return body;
  });
const numbers = (path: string): number[] =>
  receiver.at(path).map(({ body }) => JSON.parse(body).data.number as number);

describe('a replay', () => {
  it('sends what an endpoint missed while it was disabled, and nothing twice', async () => {
    const { id } = await stand.endpoint(`${receiver.url}/a`);
    await stand.happen(3, 'a.one');
    await eventually(() => expect(numbers('/a')).toHaveLength(3));
    await stand.call('POST', `/v1/webhook_endpoints/${id}/disable`);
    await stand.happen(4, 'a.one');
    expect((await replay(id)).body.code).toBe('endpoint-disabled');
    await stand.call('POST', `/v1/webhook_endpoints/${id}/enable`);
    const started = await replay(id, { ...everything, rate_per_second: 1_000 });
    expect(started.status).toBe(202);
    expect(await over(started.body.id)).toMatchObject({ state: 'done', queued: 4 });
    await eventually(() => expect(numbers('/a')).toHaveLength(7));
    expect(new Set(numbers('/a')).size).toBe(7);
  });

  it('sends what is dead again, and with only_failed off everything, under the ids of before', async () => {
    const { id } = await stand.endpoint(`${receiver.url}/b`, { event_types: ['b.*'] });
    receiver.behaviour = (response, { body }) =>
      void response
        .writeHead(JSON.parse(body).type === 'b.bad' && receiver.at('/b').length < 3 ? 500 : 200)
        .end();
    await stand.happen(1, 'b.bad');
    await stand.happen(1, 'b.good');
    const states = () =>
      stand.rows('select state from webhook_delivery where endpoint_id = $1 order by id', [id]);
    await eventually(async () => expect(await states()).toEqual([{ state: 'dead' }, { state: 'delivered' }]));
    expect(await over((await replay(id)).body.id)).toMatchObject({ queued: 1 });
    await eventually(async () =>
      expect(await states()).toEqual([{ state: 'delivered' }, { state: 'delivered' }]),
    );
    expect(await over((await replay(id, { ...everything, only_failed: false })).body.id)).toMatchObject({
      queued: 2,
    });
    await eventually(() => expect(receiver.at('/b')).toHaveLength(5));
    expect(new Set(receiver.at('/b').map(({ headers }) => headers['webhook-id'])).size).toBe(2);
  });

  it('goes at its rate, can be canceled, and is one at a time', async () => {
    const { id } = await stand.endpoint(`${receiver.url}/c`, { event_types: ['c.*'] });
    await stand.call('POST', `/v1/webhook_endpoints/${id}/disable`);
    await stand.happen(50, 'c.one');
    await stand.call('POST', `/v1/webhook_endpoints/${id}/enable`);
    const range = { ...everything, rate_per_second: 1 };
    const { id: replayId } = (await replay(id, range)).body;
    expect((await replay(id, range)).body).toMatchObject({ code: 'replay-running', replay_id: replayId });
    await stand.call('POST', `/v1/webhook_replays/${replayId}/cancel`);
    const ended = await over(replayId);
    expect(ended.state).toBe('canceled');
    expect(ended.seen).toBeLessThan(50);
    const again = await stand.call('POST', `/v1/webhook_replays/${replayId}/cancel`);
    expect([again.status, again.body.code]).toEqual([409, 'replay-ended']);
  });
});

describe('housekeeping', () => {
  it('removes what is old with all that hangs on it, and leaves what is younger', async () => {
    const { id } = await stand.endpoint(`${receiver.url}/d`);
    await stand.happen(3, 'd.one');
    await eventually(() => expect(receiver.at('/d')).toHaveLength(3));
    const mine = 'tenant_id = $1 and endpoint_id = $2';
    const left = async () =>
      (await stand.rows(`select from webhook_delivery where ${mine}`, [TENANT, id])).length;
    await eventually(async () =>
      expect(
        await stand.rows(`select from webhook_delivery where ${mine} and state = 'delivered'`, [TENANT, id]),
      ).toHaveLength(3),
    );
    await age(id, 29);
    await stand.app.get(Housekeeping).round();
    expect(await left()).toBe(3);
    await age(id, 31);
    await stand.rows(
      `insert into webhook_object (tenant_id, kind, id, version, status, updated_at)
       values ($1, 'payment_intent', 'pi_d', 2, 'succeeded', now() - interval '400 days')`,
      [TENANT],
    );
    await stand.app.get(Housekeeping).round();
    expect(await left()).toBe(0);
    // Its chargeback may still come: it must not be told as a success then.
    expect(await stand.rows(`select status from webhook_object where id = 'pi_d'`)).toEqual([
      { status: 'succeeded' },
    ]);
    const attempts = await stand.rows(
      `select from webhook_attempt a
        where not exists (select from webhook_delivery d where d.id = a.delivery_id)`,
    );
    expect(attempts).toEqual([]);
  });

  it('cancels what was on its way to a deleted endpoint; nobody sends it any more', async () => {
    const { id } = await stand.endpoint(`${receiver.url}/e`, { event_types: ['e.*'] });
    await stand.rows(
      `insert into webhook_message (tenant_id, id, source, source_event_id, type, body, occurred_at)
       values ($1, 'msg_e', 'test', 'e', 'e.one', '{}', now())`,
      [TENANT],
    );
    await stand.rows(
      `insert into webhook_delivery (tenant_id, id, endpoint_id, message_id, type, state, due_at)
       values ($1, 'dlv_e', $2, 'msg_e', 'e.one', 'pending', now() + interval '1 hour')`,
      [TENANT, id],
    );
    await stand.call('DELETE', `/v1/webhook_endpoints/${id}`);
    await stand.app.get(Housekeeping).round();
    expect(await stand.rows(`select state, reason from webhook_delivery where id = 'dlv_e'`)).toEqual([
      { state: 'canceled', reason: 'endpoint_deleted' },
    ]);
  });
});

/** Makes an endpoint's messages so many days old; nobody but the owner of the tables can. */
const age = async (endpointId: string, days: number): Promise<void> => {
  const owner = new Database({
    url: stand.database.adminUrl,
    name: 'owner',
    logger: createLogger('test', 'silent'),
  });
  await owner.query(
    `update webhook_message set created_at = now() - $2 * interval '1 day'
      where id in (select message_id from webhook_delivery where endpoint_id = $1)`,
    [endpointId, days],
  );
  await owner.close();
};

describe('an endpoint that fails for days', () => {
  it('is disabled with an event to the tenant’s others, and works again when it is enabled', async () => {
    const { id } = await stand.endpoint(`${receiver.url}/f`, { event_types: ['f.*'] });
    await stand.endpoint(`${receiver.url}/watch`, { event_types: ['webhook_endpoint.*'] });
    receiver.paths.set('/f', answering(500));
    await stand.rows(
      `update webhook_endpoint set failing_since = now() - interval '5 days 1 hour', last_failed_at = now()
        where id = $1`,
      [id],
    );
    await stand.happen(1, 'f.one');
    await eventually(() => expect(receiver.at('/watch')).toHaveLength(1));
    expect(JSON.parse(receiver.at('/watch')[0]?.body ?? '')).toMatchObject({
      type: 'webhook_endpoint.disabled',
      data: { id, reason: 'failing' },
    });
    const shown = (await stand.call('GET', `/v1/webhook_endpoints/${id}`)).body;
    expect(shown).toMatchObject({ enabled: false, disabled_reason: 'failing' });
    const published = await stand.rows<{ type: string }>(`select type from outbox where key = $1`, [id]);
    expect(published).toEqual([{ type: 'EndpointDisabled' }]);
    receiver.paths.set('/f', answering(200));
    const enabled = await stand.call('POST', `/v1/webhook_endpoints/${id}/enable`);
    expect(enabled.body).toMatchObject({ enabled: true, failing_since: null, disabled_reason: null });
    await stand.happen(1, 'f.two');
    await eventually(() => expect(receiver.at('/f')).toHaveLength(2));
  });

  it('that says 410 is disabled at once', async () => {
    const { id } = await stand.endpoint(`${receiver.url}/g`, { event_types: ['g.*'] });
    receiver.paths.set('/g', answering(410));
    await stand.happen(1, 'g.one');
    await eventually(async () =>
      expect((await stand.call('GET', `/v1/webhook_endpoints/${id}`)).body.disabled_reason).toBe('gone'),
    );
    const refused = await stand.call('POST', `/v1/webhook_endpoints/${id}/test`);
    expect([refused.status, refused.body.code]).toEqual([409, 'endpoint-disabled']);
  });
});
