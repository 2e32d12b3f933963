import { expect, it } from '@jest/globals';
import { intentEventFrom, type PayoutEvent, payoutEventFrom, toStored } from './index.js';
import { AT, intentFacts, operation, payoutFacts, payoutQueued } from './testing/samples.js';

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

it('a payout of before there were deadlines and roles is read with what it would have had', () => {
  const { reviewDeadline: _r, slaBreachAt: _s, ...facts } = payoutFacts;
  const claimed = payoutEventFrom(toStored({ type: 'PayoutClaimed', ...facts, at: AT } as PayoutEvent));
  expect(claimed).toMatchObject({
    reviewDeadline: '2026-03-02T10:00:00.000Z',
    slaBreachAt: '2026-03-04T10:00:00.000Z',
  });
  const given = { type: 'PayoutApprovalGiven', by: 'ayse', payloadHash: 'hash', note: '', at: AT };
  expect(payoutEventFrom(toStored(given as PayoutEvent))).toEqual({ ...given, role: 'approver' });
});
