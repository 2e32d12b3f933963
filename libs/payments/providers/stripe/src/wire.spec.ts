import { describe, expect, it } from '@jest/globals';
import type { ProviderOperation } from '@defter/payments-contracts';
import { toLookupResult, toResult } from './wire.js';

const operation: ProviderOperation = {
  ...{ operationId: 'op_r', kind: 'refund', amountMinor: 300n, currency: 'TRY', customerId: '42' },
  ...{ reference: 'order', parentProviderRef: 'pi_1', metadata: {} },
};
const refund = (change: object) => ({
  ...{ id: 're_1', amount: 300, currency: 'try', metadata: { defter_operation: 'op_r' }, status: 'failed' },
  ...change,
});

describe('a refund that failed at Stripe', () => {
  const back = refund({ failure_balance_transaction: 'txn_1' });

  it('came back where a transaction brought its money back; that is told by a look-up only', () => {
    expect(toLookupResult(back, operation)).toEqual({
      ...{ result: 'returned', providerRef: 're_1', echoed: { amountMinor: 300n, currency: 'TRY' } },
    });
    expect(toResult(back, operation)).toMatchObject({ result: 'unknown' });
    expect(toLookupResult(back, { ...operation, operationId: 'op_x' })).toMatchObject({ result: 'unknown' });
  });

  it('failed before anything moved where there is none', () => {
    const failed = refund({ failure_reason: 'expired_or_canceled_card' });
    const expected = { result: 'failed', declineCode: 'expired_or_canceled_card' };
    expect(toLookupResult(failed, operation)).toMatchObject(expected);
    expect(toLookupResult(refund({ status: 'succeeded' }), operation)).toMatchObject({ result: 'succeeded' });
  });
});

describe('a payment that waits at Stripe', () => {
  const sale: ProviderOperation = { ...operation, operationId: 'op_s', kind: 'sale' };
  const waiting = (status: string, change: object = {}) => ({
    ...{ id: 'pi_1', object: 'payment_intent', amount: 300, currency: 'try', status },
    ...{ metadata: { defter_operation: 'op_s' }, ...change },
  });

  it('waits for a bank when it is processing, else for its payer; silence says neither', () => {
    expect(toResult(waiting('processing'), sale)).toMatchObject({ result: 'pending', payerDone: true });
    for (const status of ['requires_action', 'requires_confirmation'])
      expect(toResult(waiting(status), sale)).not.toHaveProperty('payerDone');
  });
});
