import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '@defter/kernel';
import { fieldsOf, flipped, withField } from '@defter/payments-contracts';
import { createApp, createLogger, type RunningService } from '@defter/platform';
import { scratchFolder, type TestDatabase, testDatabase } from '@defter/testing';
import { type ProviderEventV1, WebhookTopics } from '@defter/webhooks-contracts';
import { service } from '../service.js';

const adyenKey = 'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00';
const secret = 'defter-test-secret';
const hmac = (text: string, key: string | Buffer = secret) => createHmac('sha256', key).update(text);

interface Sent {
  readonly body: Uint8Array;
  readonly headers: Record<string, string>;
}

/** A batch of Adyen's with a notification of each code about the same payment. */
const adyenBatch = (id: string, ...eventCodes: readonly string[]): Sent => {
  const notificationItems = eventCodes.map((eventCode) => {
    const text = `8814073381342284::Defter:${id}:1080:TRY:${eventCode}:true`;
    const hmacSignature = hmac(text, Buffer.from(adyenKey, 'hex')).digest('base64');
    const item = {
      ...{ pspReference: '8814073381342284', merchantAccountCode: 'Defter', merchantReference: id },
      ...{ amount: { value: 1_080, currency: 'TRY' }, eventCode, success: 'true' },
      ...{ additionalData: { hmacSignature }, eventDate: '2026-01-01T00:00:00Z', reason: 'x' },
    };
    return { NotificationRequestItem: item };
  });
  return { body: Buffer.from(JSON.stringify({ live: 'false', notificationItems })), headers: {} };
};

/** Each provider's genuine "it was paid" about an operation, and what its acknowledgement is. */
const providers: Readonly<Record<string, { paid: (id: string) => Sent; acknowledged: string }>> = {
  stripe: {
    acknowledged: '{"received":true}',
    paid: (id) => {
      const object = {
        id: 'pi_1',
        amount_received: 1_080,
        currency: 'try',
        metadata: { defter_operation: id },
      };
      const event = { id: `evt_${id}`, object: 'event', type: 'payment_intent.succeeded', data: { object } };
      const body = JSON.stringify(event);
      const t = Math.floor(Date.now() / 1_000);
      const signature = `t=${t},v1=${hmac(`${t}.${body}`).digest('hex')}`;
      return { body: Buffer.from(body), headers: { 'stripe-signature': signature } };
    },
  },
  iyzico: {
    acknowledged: 'OK',
    paid: (id) => {
      const body = {
        ...{ iyziEventType: 'API_AUTH', paymentId: '22416035', paymentConversationId: id, status: 'SUCCESS' },
        ...{ iyziEventTime: 1_760_000_000_000, price: '10.80', currency: 'TRY' },
      };
      const signature = hmac(`${secret}API_AUTH22416035${id}SUCCESS`).digest('hex');
      return { body: Buffer.from(JSON.stringify(body)), headers: { 'x-iyz-signature-v3': signature } };
    },
  },
  paytr: {
    acknowledged: 'OK',
    paid: (id) => {
      const oid = id.replace('_', '');
      const hash = hmac(`${oid}defter-saltsuccess1080`).digest('base64');
      const form = { merchant_oid: oid, status: 'success', total_amount: '1080', payment_amount: '1080' };
      return {
        body: Buffer.from(new URLSearchParams({ ...form, hash, currency: 'TL' }).toString()),
        headers: {},
      };
    },
  },
  adyen: {
    acknowledged: '[accepted]',
    paid: (id) => adyenBatch(id, 'CAPTURE'),
  },
};

const connection = (provider: string, connectionId = `c_${provider}`) => ({
  ...{ id: connectionId, provider, apiKey: 'none', signatureEnforced: true },
  signingKeys: [
    { id: 'key_old', secret: 'AA' },
    {
      ...{ id: 'key_1', secret: provider === 'adyen' ? adyenKey : secret },
      ...(provider === 'paytr' && { parameters: { salt: 'defter-salt' } }),
    },
  ],
  webhookPath: `/api/v1/payments/webhook/${provider}/${connectionId}`,
});
const settings = {
  services: [],
  tenants: [
    {
      ...{ id: 't_ingress', name: 'One', ledger: 'main', mode: 'demo_local', keys: [] },
      connections: Object.keys(providers).flatMap((id) =>
        [`c_${id}`, `c_${id}_2`, `c_${id}_3`].map((name) => connection(id, name)),
      ),
      rateCard: { version: 1, providerFeeBasisPoints: 0, providerFeeFixedMinor: '0' },
    },
  ],
};

let database: TestDatabase;
let ingress: RunningService;
beforeAll(async () => {
  database = await testDatabase({ migrations: service.migrations as URL });
  const file = join(scratchFolder('settings'), 'tenants.json');
  writeFileSync(file, JSON.stringify(settings));
  const env = {
    ...{ HTTP_PORT: '0', MANAGEMENT_PORT: '0', DATABASE_URL: database.url, TENANTS_FILE: file },
    KAFKA_BROKERS: '127.0.0.1:9',
  };
  const logger = createLogger('webhook-ingress', 'silent');
  ingress = await createApp(service, ['http'], env, { logger });
});
afterAll(async () => {
  await ingress.stop();
  await database.stop();
});

const post = (path: string, { body, headers }: Sent): Promise<Response> =>
  fetch(`${ingress.url}/api/v1/payments/webhook/${path}`, {
    method: 'POST',
    body: Buffer.from(body),
    headers,
  });
const published = async (connectionId: string): Promise<readonly ProviderEventV1[]> => {
  const rows = await database.database.query<{ body: string }>(
    `select body from outbox where topic = $1 order by message_id`,
    [WebhookTopics.events.name],
  );
  return rows
    .map(({ body }) => JSON.parse(body) as ProviderEventV1)
    .filter((event) => event.connectionId === connectionId);
};

describe.each(Object.entries(providers))('%s', (provider, { paid, acknowledged }) => {
  const other = `c_${provider}_2`;

  it('is acknowledged in its own words, and told on once', async () => {
    const id = newId('op');
    for (const _ of [1, 2]) {
      const answer = await post(`${provider}/c_${provider}`, paid(id));
      expect([answer.status, await answer.text()]).toEqual([200, acknowledged]);
    }
    const events = await published(`c_${provider}`);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ provider, verified: true, facts: { operationId: id } });
  });

  it('with any field changed is refused, or says nothing else and is told on once', async () => {
    const id = newId('op');
    const genuine = paid(id);
    const statuses = new Set<number>();
    const changes = fieldsOf(genuine.body).flatMap((field) =>
      [flipped(field.value), undefined].map((value) => withField(genuine.body, field, value)),
    );
    // The changed ones come first: what is told on is then theirs, and must be what the genuine one says.
    for (const body of [...changes, genuine.body])
      statuses.add((await post(`${provider}/${other}`, { ...genuine, body })).status);
    const events = await published(other);
    expect(events).toHaveLength(1);
    const [first] = await published(`c_${provider}`);
    expect(events[0]?.facts).toEqual({ ...first?.facts, ...idsOf(provider, id) });
    expect([...statuses].sort()).toEqual([200, 401]);
  });
});

it('a batch of Adyen tells on what is reversed, what only asks, and what nobody understands', async () => {
  const id = newId('op');
  const codes = ['CHARGEBACK_REVERSED', 'REQUEST_FOR_INFORMATION', 'PREARBITRATION_LOST', 'REPORT_AVAILABLE'];
  expect((await post('adyen/c_adyen_3', adyenBatch(id, ...codes))).status).toBe(200);
  const events = await published('c_adyen_3');
  const toldBy = (code: string) => events.find(({ providerType }) => providerType === code);
  const disputeRef = '8814073381342284';
  expect(toldBy('CHARGEBACK_REVERSED')?.facts).toMatchObject({ disputeRef, result: 'returned' });
  expect(toldBy('REQUEST_FOR_INFORMATION')?.facts).toMatchObject({ disputeRef, isInquiry: true });
  expect(toldBy('PREARBITRATION_LOST')).toMatchObject({ unknownType: true });
  expect(toldBy('REPORT_AVAILABLE')).not.toHaveProperty('unknownType');
  expect(events.filter(({ facts }) => facts !== undefined)).toHaveLength(2);
});

/** What differs between two events of one provider that are about different operations. */
const idsOf = (provider: string, operationId: string) => ({
  operationId,
  ...(provider === 'paytr' && { providerRef: operationId.replace('_', '') }),
});
