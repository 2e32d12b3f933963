import { describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { webhook } from './webhook.js';

const current = { id: 'new', secret: 'whsec_new' };
const old = { id: 'old', secret: 'whsec_old' };
const timestamp = 1_767_225_600;
const now = new Date(timestamp * 1_000);
const payload = '{"id":"evt_1"}';
const headerOf = (secret: string, at = timestamp) =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: at });
const verify = (header: string, keys = [old, current], at = now) =>
  webhook.verify(
    { path: '/', headers: { 'stripe-signature': header }, body: Buffer.from(payload) },
    keys,
    at,
  );

describe('the signature of Stripe', () => {
  it('is what their published function makes', () => {
    expect(verify(headerOf('whsec_new'))).toEqual({ valid: true, keyId: 'new' });
    expect(verify(headerOf('whsec_old'))).toEqual({ valid: true, keyId: 'old' });
    expect(verify(headerOf('whsec_other'))).toEqual({ valid: false, reason: 'signature_mismatch' });
  });

  it('is accepted by their library too, but 5:01 ahead only there', () => {
    const ahead = headerOf('whsec_new', timestamp + 301);
    const theirs = Stripe.webhooks.signature;
    expect(theirs?.verifyHeader(payload, ahead, 'whsec_new', 300, undefined, now.getTime())).toBe(true);
    expect(verify(ahead)).toEqual({ valid: false, reason: 'timestamp_out_of_tolerance' });
    expect(verify(headerOf('whsec_new', timestamp + 300)).valid).toBe(true);
    expect(verify(headerOf('whsec_new', timestamp - 300)).valid).toBe(true);
    expect(verify(headerOf('whsec_new', timestamp - 301)).valid).toBe(false);
  });

  it('of two keys while they rotate is valid with either', () => {
    const [, byOld = ''] = headerOf('whsec_old').split(',');
    expect(verify(`${headerOf('whsec_new')},${byOld}`, [old])).toEqual({ valid: true, keyId: 'old' });
    expect(verify(`${headerOf('whsec_new')},${byOld}`, [current])).toEqual({ valid: true, keyId: 'new' });
  });

  it('is malformed with two times, none, or more than ten candidates', () => {
    const v1 = headerOf('whsec_new').replace(/^t=\d+,/, '');
    for (const header of [
      `t=1,t=${timestamp},${v1}`,
      v1,
      `t=${timestamp}${`,${v1}`.repeat(11)}`,
      `t=-1,${v1}`,
    ])
      expect(verify(header)).toEqual({ valid: false, reason: 'signature_malformed' });
  });
});

describe('an event of Stripe', () => {
  const object = {
    ...{ id: 'x_1', amount: 1_080, amount_received: 900, amount_capturable: 1_080, currency: 'try' },
    metadata: { defter_operation: 'op_1', defter_capture_operation: 'op_2' },
  };
  const factsOf = (type: string, members: object = {}) => {
    const event = { id: 'evt_1', object: 'event', type, data: { object: { ...object, ...members } } };
    return webhook.normalize({ path: '/', headers: {}, body: Buffer.from(JSON.stringify(event)) })[0]?.facts;
  };

  it.each([
    [
      'payment_intent.succeeded',
      {},
      { kind: 'sale', result: 'succeeded', operationId: 'op_1', amountMinor: 900n },
    ],
    [
      'payment_intent.succeeded',
      { capture_method: 'manual' },
      { kind: 'capture', result: 'succeeded', operationId: 'op_2', amountMinor: 900n },
    ],
    [
      'payment_intent.amount_capturable_updated',
      { capture_method: 'manual' },
      { kind: 'authorize', result: 'succeeded', operationId: 'op_1', amountMinor: 1_080n },
    ],
    [
      'payment_intent.payment_failed',
      { last_payment_error: { code: 'card_declined', decline_code: 'lost_card' } },
      { kind: 'sale', result: 'declined', declineCode: 'lost_card' },
    ],
    ['refund.updated', { status: 'succeeded' }, { kind: 'refund', result: 'succeeded' }],
    ['refund.failed', { status: 'failed', failure_reason: 'x' }, { kind: 'refund', declineCode: 'x' }],
    // Its money had left, and is back.
    [
      'refund.failed',
      { status: 'failed', failure_balance_transaction: 'txn_1' },
      { kind: 'refund', result: 'returned' },
    ],
    [
      'charge.dispute.created',
      { status: 'needs_response', payment_intent: 'pi_1' },
      { kind: 'chargeback', result: 'pending', providerRef: 'pi_1', disputeRef: 'x_1' },
    ],
    ['charge.dispute.closed', { status: 'lost' }, { kind: 'chargeback', result: 'succeeded' }],
    ['charge.dispute.closed', { status: 'won' }, { kind: 'chargeback', result: 'failed' }],
    ['charge.dispute.updated', { status: 'under_review' }, { result: 'pending', isUnderReview: true }],
    ['charge.dispute.funds_withdrawn', { status: 'needs_response' }, { result: 'pending' }],
    ['charge.dispute.funds_reinstated', { status: 'won' }, { result: 'failed' }],
    ['charge.dispute.updated', { status: 'appeal_under_review' }, { result: 'pending', isUnderReview: true }],
    // Won after an appeal has nothing that tells it from won at once; both have the money back.
    [
      'charge.dispute.funds_reinstated',
      { status: 'won', balance_transactions: [{ amount: -1_080 }, { amount: 1_080 }] },
      { kind: 'chargeback', result: 'returned' },
    ],
    [
      'charge.dispute.closed',
      { status: 'won', balance_transactions: [{ amount: -1_080 }, { amount: 1_079 }] },
      { kind: 'chargeback', result: 'failed' },
    ],
    [
      'charge.dispute.funds_reinstated',
      { status: 'lost', balance_transactions: [{ amount: -1_080 }, { amount: 1_080 }] },
      { kind: 'chargeback', result: 'returned' },
    ],
    // An inquiry moves no money, however it ends.
    ['charge.dispute.created', { status: 'warning_needs_response' }, { result: 'pending', isInquiry: true }],
    ['charge.dispute.updated', { status: 'warning_under_review' }, { result: 'pending', isInquiry: true }],
    ['charge.dispute.closed', { status: 'warning_closed' }, { result: 'failed', isInquiry: true }],
    ['charge.dispute.closed', { status: 'prevented' }, { result: 'failed', isInquiry: true }],
  ])('%s %j', (type, members, facts) => expect(factsOf(type, members)).toMatchObject(facts));

  it('of a dispute whose status nobody knows is for people; of another type it is passed over', () => {
    const read = (type: string) => {
      const event = { id: 'evt_1', object: 'event', type, data: { object: { ...object, status: 'odd' } } };
      return webhook.normalize({ path: '/', headers: {}, body: Buffer.from(JSON.stringify(event)) })[0];
    };
    expect(read('charge.dispute.updated')).toMatchObject({ unknownType: true });
    expect(read('charge.dispute.updated')?.facts).toBeUndefined();
    expect(read('customer.created')?.unknownType).toBeUndefined();
  });

  it.each(['payment_intent.canceled', 'payout.paid', 'customer.created', 'constructor', 'refund.updated'])(
    '%s (without a status that is known) says nothing of an operation',
    (type) => expect(factsOf(type)).toBeUndefined(),
  );
});
