import { afterEach, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import type { CrashPoint } from '../crash-points.js';
import { TestPayments } from '../testing/test-payments.js';
import { tellLines } from '../testing/told.js';

let payments: TestPayments;
afterEach(() => payments.stop());

const points: readonly CrashPoint[] = ['report.before-commit', 'report.after-observe'];

/** The step throws, and nothing after it runs: the offset hasn't moved, the message comes again. */
it.each(points)('a crash at %s loses no line of a report and doubles none', async (point) => {
  payments = await TestPayments.start(['http'], { LOOKUP_LADDER: '1h' });
  await payments.add(['worker'], point);
  const body = {
    ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42', merchant_reference: 'crash' },
    ...{ confirm: true, payment_method: 'tok', metadata: { 'test.answer': 'unknown after acting' } },
  };
  const { body: intent } = await payments.call('POST', '/v1/payment_intents', { body });
  const becomes = (status: string) =>
    eventually(async () => {
      const answer = await payments.call('GET', `/v1/payment_intents/${intent.id}`);
      expect(answer.body.status).toBe(status);
      return answer.body;
    });
  await becomes('unknown');
  const [{ operation_id: operationId }] = intent.attempts;
  await tellLines(payments, [{ operationId }]);
  expect(await becomes('succeeded')).toMatchObject({ bookings: [{ id: `deposit:${operationId}` }] });
  const commands = `select from outbox where subject = $1 and topic = 'defter.ledger.commands.v1'`;
  expect(await payments.rows(commands, [intent.id])).toHaveLength(1);
  const told = `select from observation where operation_id = $1 and source = 'report'`;
  expect(await payments.rows(told, [operationId])).toHaveLength(1);
});
