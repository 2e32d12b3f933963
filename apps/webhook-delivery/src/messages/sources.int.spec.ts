import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type LedgerEventV1, LedgerTopics } from '@defter/ledger-contracts';
import { type PaymentsEventV1, PaymentsTopics } from '@defter/payments-contracts';
import { ReconciliationTopics } from '@defter/reconciliation-contracts';
import { Housekeeping } from '../housekeeping/housekeeping.job.js';
import { DeliveryStand, OTHER_TENANT, TENANT } from '../testing/delivery-stand.js';
import { eventually } from '../testing/eventually.js';
import { Receiver } from '../testing/receiver.js';

jest.setTimeout(180_000);

let stand: DeliveryStand;
let receiver: Receiver;
beforeAll(async () => {
  [stand, receiver] = await Promise.all([DeliveryStand.start(), Receiver.start()]);
  await others();
});
afterAll(async () => {
  await stand.stop();
  await receiver.stop();
});
afterEach(async () => {
  await stand.rows(
    `update webhook_endpoint set status = 'deleted', disabled_reason = null, disabled_at = null`,
  );
  receiver.seen.length = 0;
});

const intent = (id: string, version: number, status: string): PaymentsEventV1 => ({
  ...{ type: 'PaymentIntentChanged', id, version, status, customerId: '42', merchantReference: 'o-1' },
  ...{
    amountMinor: '1000',
    currency: 'TRY',
    events: ['OperationSucceeded'],
    occurredAt: '2026-01-01T00:00:00Z',
  },
  operations: [
    {
      ...{ operationId: 'op_1', kind: 'sale', provider: 'mock-psp', connectionId: 'c', customerId: '42' },
      ...{ result: 'succeeded', amountMinor: '1000', currency: 'TRY', feeMinor: '25' },
      occurredAt: '2026-01-01T00:00:00Z',
    },
  ],
});
const pay = (event: PaymentsEventV1, more = {}) =>
  stand.publish(PaymentsTopics.events.name, event, {
    id: `${event.id}/${event.version}`,
    key: event.id,
    ...more,
  });
/** What others, whose tests share the broker, have left on the topics: objects with the same ids, too. */
async function others(): Promise<void> {
  const [payments, ledger] = [PaymentsTopics.events.name, LedgerTopics.events.name];
  for (const tenantId of ['t_one', 't_two', 't_demo', OTHER_TENANT]) {
    for (const id of ['pi_a', 'pi_d', 'pi_e', 'pi_late'])
      await stand.publish(payments, intent(id, 7, 'succeeded'), { id: `${id}/7`, key: id, tenantId });
    await stand.publish(ledger, booked(1), { id: `${tenantId}/main/1`, key: `${tenantId}/main`, tenantId });
  }
}
const bodies = (path: string) => receiver.at(path).map(({ body }) => JSON.parse(body));
const types = (path: string): string[] => bodies(path).map(({ type }) => type as string);

const booked = (sequence: number): LedgerEventV1 => ({
  ...{ ledger: 'main', sequence, recordedAt: new Date().toISOString(), type: 'TransactionCreated' },
  balances: [
    {
      ...{ account: 'users:42:main', asset: 'TRY/2', posted: '99999999999999999999', pendingOut: '0' },
      ...{ pendingIn: '0', available: '99999999999999999999' },
    },
  ],
  data: {
    transaction: {
      ...{ id: sequence, status: 'posted', timestamp: '2026-01-01T00:00:00Z', metadata: { aB: 'c' } },
      postings: [
        { source: 'world', destination: 'users:42:main', amount: '99999999999999999999', asset: 'TRY/2' },
      ],
    },
  },
});

describe('the public body', () => {
  it('of an intent is the documented one', async () => {
    await stand.endpoint(`${receiver.url}/a`);
    await pay(intent('pi_a', 1, 'succeeded'));
    await eventually(() => expect(receiver.at('/a')).toHaveLength(1));
    const operation = {
      ...{
        id: 'op_1',
        kind: 'sale',
        result: 'succeeded',
        amount_minor: '1000',
        currency: 'TRY',
        fee_minor: '25',
      },
      ...{
        provider: 'mock-psp',
        provider_ref: null,
        ledger_reference: null,
        occurred_at: '2026-01-01T00:00:00Z',
      },
    };
    expect(bodies('/a')[0]).toEqual({
      id: expect.stringMatching(/^msg_/),
      type: 'payment_intent.succeeded',
      timestamp: expect.stringMatching(/Z$/),
      schema_version: 1,
      data: {
        ...{ object: 'payment_intent', id: 'pi_a', version: 1, status: 'succeeded', amount_minor: '1000' },
        ...{
          currency: 'TRY',
          customer_id: '42',
          merchant_reference: 'o-1',
          changes: ['operation_succeeded'],
        },
        operations: [operation],
      },
    });
  });

  it('of a checkout session names it, how it stands and what happened', async () => {
    await stand.endpoint(`${receiver.url}/checkout`, { event_types: ['checkout_session.complete'] });
    await pay({ ...intent('cs_a', 1, 'open'), type: 'CheckoutSessionChanged', operations: [] });
    const session = { ...intent('cs_a', 3, 'complete'), events: ['CheckoutCompleted'], operations: [] };
    await pay({ ...session, type: 'CheckoutSessionChanged' });
    await eventually(() => expect(types('/checkout')).toEqual(['checkout_session.complete']));
    expect(bodies('/checkout')[0].data).toMatchObject({
      ...{ object: 'checkout_session', id: 'cs_a', status: 'complete', merchant_reference: 'o-1' },
      ...{ changes: ['checkout_completed'], operations: [] },
    });
  });

  it('of the ledger keeps every digit, and names of metadata as they are', async () => {
    await stand.endpoint(`${receiver.url}/b`, { event_types: ['ledger.*'] });
    await stand.publish(LedgerTopics.events.name, booked(1), {
      id: `${TENANT}/main/1`,
      key: `${TENANT}/main`,
    });
    await eventually(() => expect(types('/b')).toEqual(['ledger.transaction_created']));
    expect(receiver.at('/b')[0]?.body).toContain('"amount":"99999999999999999999"');
    expect(bodies('/b')[0].data).toMatchObject({ sequence: 1, transaction: { metadata: { aB: 'c' } } });
  });

  it('of a finding comes too', async () => {
    await stand.endpoint(`${receiver.url}/c`, { event_types: ['finding.open'] });
    const finding = {
      ...{ id: 'fnd_1', tenantId: TENANT, provider: 'mock-psp', findingType: 'missing', severity: 'HIGH' },
      ...{ status: 'open', message: 'm', version: 1 },
    };
    await stand.publish(ReconciliationTopics.findings.name, finding, { id: 'fnd_1/1' });
    await eventually(() => expect(bodies('/c')).toMatchObject([{ data: { severity: 'HIGH', tx_id: null } }]));
  });
});

describe('a message', () => {
  it('is made once of an event, however often and in whatever company the event comes', async () => {
    await stand.endpoint(`${receiver.url}/d`);
    for (const version of [1, 1, 2, 1, 2, 3, 3]) await pay(intent('pi_d', version, `s${version}`));
    await pay(intent('pi_end', 1, 'succeeded'));
    await eventually(() => expect(types('/d')).toContain('payment_intent.succeeded'));
    await eventually(() =>
      expect(
        types('/d')
          .filter((type) => type !== 'payment_intent.succeeded')
          .sort(),
      ).toEqual(['s1', 's2', 's3'].map((status) => `payment_intent.${status}`)),
    );
  });

  it('says that a status is new only when it is', async () => {
    await stand.endpoint(`${receiver.url}/e`, { concurrency: 1 });
    const statuses = ['processing', 'succeeded', 'succeeded', 'processing', 'succeeded'];
    for (const [index, status] of statuses.entries()) await pay(intent('pi_e', index + 1, status));
    await eventually(() =>
      expect(types('/e')).toEqual(
        ['processing', 'succeeded', 'updated', 'processing', 'succeeded'].map(
          (word) => `payment_intent.${word}`,
        ),
      ),
    );
  });

  it('doesn’t call a status new that may be old: nothing was heard of before it', async () => {
    await stand.endpoint(`${receiver.url}/n`, { concurrency: 1 });
    for (const version of [8, 9]) await pay(intent('pi_n', version, 'succeeded'));
    await pay(intent('pi_n', 10, 'canceled'));
    await eventually(() =>
      expect(types('/n')).toEqual(['updated', 'updated', 'canceled'].map((word) => `payment_intent.${word}`)),
    );
  });

  it('tells a refund of what succeeded before there was any endpoint as an update', async () => {
    const status = () =>
      stand.rows(`select status from webhook_object where tenant_id = $1 and id = 'pi_late'`, [TENANT]);
    const longAgo = { time: new Date(Date.now() - 90 * 24 * 60 * 60_000) };
    await pay(intent('pi_late', 1, 'processing'), longAgo);
    await pay(intent('pi_late', 2, 'succeeded'), longAgo);
    await eventually(async () => expect(await status()).toEqual([{ status: 'succeeded' }]));
    await stand.app.get(Housekeeping).round();
    await stand.endpoint(`${receiver.url}/late`, { event_types: ['payment_intent.*'] });
    await pay(intent('pi_late', 3, 'succeeded'));
    await eventually(() => expect(types('/late')).toEqual(['payment_intent.updated']));
  });

  it('stays with its tenant', async () => {
    await stand.endpoint(`${receiver.url}/f`);
    await pay(intent('pi_f', 1, 'succeeded'), { tenantId: OTHER_TENANT });
    await pay(intent('pi_g', 1, 'succeeded'));
    await eventually(() => expect(bodies('/f')).toMatchObject([{ data: { id: 'pi_g' } }]));
    expect(await stand.rows(`select from webhook_message where tenant_id <> $1`, [TENANT])).toEqual([]);
  });

  it('isn’t made of what happened long before the endpoint, nor of what retention has removed', async () => {
    await stand.endpoint(`${receiver.url}/h`);
    const ago = (minutes: number) => ({ time: new Date(Date.now() - minutes * 60_000) });
    await pay(intent('pi_h', 1, 'a'), ago(6));
    await pay(intent('pi_h', 2, 'b'), ago(4));
    await pay(intent('pi_h', 3, 'c'), ago(31 * 24 * 60));
    await pay(intent('pi_h', 4, 'd'));
    await eventually(() => expect(types('/h').sort()).toEqual(['payment_intent.b', 'payment_intent.d']));
    const kept = await stand.rows<{ type: string }>(
      `select type from webhook_message where source_event_id like 'pi_h/%' order by source_event_id`,
    );
    expect(kept.map(({ type }) => type.at(-1))).toEqual(['a', 'b', 'd']);
  });

  it('that nobody asks for isn’t kept; one for a disabled endpoint is', async () => {
    const { id } = await stand.endpoint(`${receiver.url}/i`, { event_types: ['payment_intent.wanted'] });
    await stand.call('POST', `/v1/webhook_endpoints/${id}/disable`);
    await pay(intent('pi_i', 1, 'unwanted'));
    await pay(intent('pi_i', 2, 'wanted'));
    const kept = () => stand.rows(`select type from webhook_message where source_event_id like 'pi_i/%'`);
    await eventually(async () => expect(await kept()).toEqual([{ type: 'payment_intent.wanted' }]));
    expect(await stand.rows('select from webhook_delivery where endpoint_id = $1', [id])).toEqual([]);
  });

  it('without its data is sent where they would be too long', async () => {
    await stand.endpoint(`${receiver.url}/j`);
    const long = { ...intent('pi_j', 1, 'succeeded'), events: ['x'.repeat(300_000)] };
    await pay(long);
    await eventually(() => expect(receiver.at('/j')).toHaveLength(1));
    const { data } = bodies('/j')[0];
    expect(data).toMatchObject({ object: 'payment_intent', id: 'pi_j', amount_minor: '1000' });
    expect(data.omitted_bytes).toBeGreaterThan(300_000);
    expect(data).not.toHaveProperty('changes');
  });
});

describe('poison', () => {
  it('goes to the dead letters, and what comes behind it is delivered', async () => {
    await stand.endpoint(`${receiver.url}/k`);
    const bad = { ...intent('pi_k', 1, 'succeeded'), amountMinor: '-1' };
    await pay(bad);
    await stand.publish(
      PaymentsTopics.events.name,
      { ...intent('pi_k', 2, 'x'), type: 'DisputeGrown' } as never,
      {
        ...{ id: 'pi_k/2', key: 'pi_k' },
      },
    );
    // A NUL can't be stored in a column; escaped in the text of a body it can.
    await pay({ ...intent('pi_k', 3, 'succeeded'), merchantReference: 'a\0b' });
    await pay(intent('pi_k', 4, 'canceled'));
    await eventually(() =>
      expect(
        bodies('/k')
          .map(({ data }) => data.version)
          .sort(),
      ).toEqual([3, 4]),
    );
  });
});
