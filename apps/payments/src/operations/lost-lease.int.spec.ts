import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Database } from '@defter/platform';
import { Payouts } from '../payouts/payouts.js';
import { Tenants } from '../tenants/tenants.js';
import { CONNECTION, TENANT, TestPayments, tokens } from '../testing/test-payments.js';
import { OperationReports } from './operation-reports.js';
import { leaseOperations } from './operation-lease.js';

let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start(['http']);
});
afterAll(() => payments.stop());

it('a runner that took a payout before it was held and released sends nothing; the next does', async () => {
  const service = payments.instances[0];
  if (service === undefined) throw new Error('no service');
  const database = service.get(Database);
  const tenant = await service.get(Tenants).get(TENANT);
  const crash = { reach: () => undefined } as never;
  const reports = new OperationReports(database, service.get(Payouts), undefined as never, crash);
  const line = { tenantId: TENANT, connectionId: CONNECTION };
  const take = async () => {
    const [held] = await database.transaction((tx) =>
      leaseOperations(tx, line, { limit: 1, leaseMs: 60_000 }),
    );
    if (held === undefined) throw new Error('nothing is due');
    return held;
  };
  const destination = 'TR330006100519786457841326';
  const body = { amount_minor: 1000, currency: 'TRY', customer_id: '42', destination };
  const { id, payload_hash } = (await payments.call('POST', '/v1/payouts', { body })).body;
  const act = (action: string, given: object) =>
    payments.call('POST', `/v1/payouts/${id}/${action}`, { body: given, token: tokens.ayse });
  await act('approve', { payload_hash });
  const before = await take();
  expect((await act('hold', { reason: 'kyc' })).body.status).toBe('on_hold');
  expect(await reports.submit(tenant, before)).toBe(false);
  expect((await act('release', {})).body.status).toBe('queued');
  await expect(reports.submit(tenant, before)).rejects.toThrow('is lost');
  expect((await payments.call('GET', `/v1/payouts/${id}`)).body.status).toBe('queued');
  expect(await reports.submit(tenant, await take())).toBe(true);
  expect((await payments.call('GET', `/v1/payouts/${id}`)).body.status).toBe('submitted');
});
