import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { knownProviders, PROVIDERS } from '../connections/providers.read.js';
import { type Ingress, secrets, startIngress } from '../testing/ingress.js';

let ingress: Ingress;
beforeAll(async () => {
  ingress = await startIngress();
});
afterAll(() => ingress.stop());

it('the mock provider is one that production knows, and a signed event of its is published', async () => {
  const mock = knownProviders.get('mock-psp');
  if (mock === undefined) throw new Error('mock-psp is not registered');
  ingress.instances[0]?.get<Map<string, typeof mock>>(PROVIDERS).set('mock-psp', mock);
  const body = Buffer.from(
    JSON.stringify({ id: 'e1', type: 'something_new', connection_id: 'c_mock', n: 1 }),
  );
  const seconds = `${Math.floor(Date.now() / 1_000)}`;
  const digest = createHmac('sha256', secrets.old).update(`${seconds}.`).update(body).digest('hex');
  const headers = { 'mock-signature': `t=${seconds},v1=${digest}`, 'content-type': 'application/json' };

  const answer = await ingress.post('mock-psp', { body, headers });
  expect([answer.status, await answer.text()]).toEqual([200, 'OK']);
  const { database } = ingress.database;
  const [message] = await database.query<{ body: string }>(`select body from outbox where key = 'e1'`);
  expect(JSON.parse(message?.body ?? '')).toMatchObject({
    ...{ provider: 'mock-psp', connectionId: 'c_mock', providerType: 'something_new', verified: true },
    untrusted: { body: { n: 1 } },
  });
});
