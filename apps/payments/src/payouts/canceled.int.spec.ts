import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@defter/testing';
import { TestPayments, tokens } from '../testing/test-payments.js';

/** Without a worker at first: what is approved stays in the queue. */
let payments: TestPayments;
beforeAll(async () => {
  payments = await TestPayments.start(['http']);
});
afterAll(() => payments.stop());

const queued = async () => {
  const { body: payout } = await payments.call('POST', '/v1/payouts', {
    body: {
      ...{ amount_minor: 1000, currency: 'TRY', customer_id: '42' },
      destination: 'TR330006100519786457841326',
    },
  });
  const approval = { body: { payload_hash: payout.payload_hash }, token: tokens.ayse };
  const { body } = await payments.call('POST', `/v1/payouts/${payout.id}/approve`, approval);
  expect(body).toMatchObject({ status: 'queued', operation: { result: 'sending' } });
  return { id: body.id as string, operationId: body.operation.operation_id as string };
};
const cancel = (id: string) =>
  payments.call('POST', `/v1/payouts/${id}/cancel`, { body: { reason: 'asked' }, token: tokens.ayse });

it('the call of a payout that was canceled before it was sent ends as provably never sent', async () => {
  const straight = await queued();
  const held = await queued();
  const hold = { body: { reason: 'look again' }, token: tokens.ayse };
  await payments.call('POST', `/v1/payouts/${held.id}/hold`, hold);
  const sent = await queued();
  for (const { id } of [straight, held]) {
    const { body } = await cancel(id);
    expect(body).toMatchObject({ status: 'canceled', operation: { result: 'errored' } });
  }
  await payments.add(['worker']);
  await eventually(async () => {
    const { body } = await payments.call('GET', `/v1/payouts/${sent.id}`);
    expect(body.status).toBe('paid');
  });
  const rows = await payments.rows<{ result: string; next_step: string | null; alarmed_at: Date | null }>(
    'select result, next_step, alarmed_at from operation where operation_id = any($1)',
    [[straight.operationId, held.operationId]],
  );
  expect(rows).toEqual(Array(2).fill({ result: 'errored', next_step: null, alarmed_at: null }));
  expect(payments.provider.calls).toEqual([`execute ${sent.operationId}`]);
  const { body: stuck } = await payments.call('GET', '/v1/payouts?stuck=true');
  expect(stuck.data).toEqual([]);
});
