import { afterEach, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import type { CrashPoint } from '../crash-points.js';
import { TENANT, TestPayments } from '../testing/test-payments.js';
import { tellPaid } from '../testing/told.js';

let payments: TestPayments;
afterEach(() => payments.stop());

const points: readonly CrashPoint[] = ['settlement.before-commit', 'settlement.after-commit'];

it.each(points)('a crash at %s books a batch once', async (point) => {
  payments = await TestPayments.start(['http']);
  payments.keepTenants([TENANT], { settlements: 'automatic' });
  await payments.add(['worker'], point);
  await tellPaid(payments, { batchRef: 'B-900001' }, point);
  await eventually(async () => {
    const { body } = await payments.call('GET', '/v1/settlements');
    expect(body.data).toMatchObject([{ status: 'approved', automatic: true, amount_minor: 975 }]);
    expect(await payments.rows('select from inbox where message_id = $1', [point])).toHaveLength(1);
  });
  const commands = `select from outbox where topic = 'defter.ledger.commands.v1'`;
  expect(await payments.rows(commands)).toHaveLength(1);
});
