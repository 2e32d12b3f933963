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
