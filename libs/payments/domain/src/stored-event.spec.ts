import { expect, it } from '@jest/globals';
import { intentEventFrom, payoutEventFrom, toStored } from './index.js';
import { AT, intentFacts, operation, payoutQueued } from './testing/samples.js';

it('events survive their stored form, whatever their size; metadata is left alone', () => {
  const metadata = { totalMinor: '12', note: 'x' };
  const created = {
    type: 'PaymentIntentCreated',
    ...intentFacts,
    amountMinor: 2n ** 90n,
    metadata,
    at: AT,
  } as const;
  const stored = JSON.parse(JSON.stringify(toStored(created)));
  expect(stored.payload.amountMinor).toBe((2n ** 90n).toString());
  expect(intentEventFrom(stored)).toEqual(created);
  const started = { type: 'AttemptStarted', operation: operation('sale'), at: AT } as const;
  expect(intentEventFrom(JSON.parse(JSON.stringify(toStored(started))))).toEqual(started);
  for (const event of payoutQueued) {
    expect(payoutEventFrom(JSON.parse(JSON.stringify(toStored(event))))).toEqual(event);
  }
});
