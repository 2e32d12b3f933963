import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { newId } from '@defter/kernel';
import {
  conformanceBugs,
  conformanceCases,
  type ConformanceSubject,
  type DisputeStand,
  type Ending,
  type ProviderOperation,
} from '@defter/payments-contracts';
import { stripe } from './index.js';
import { apiKey, type FakeStripe, startFakeStripe } from './testing/fake-server.js';

let fake: FakeStripe;
beforeAll(async () => {
  fake = await startFakeStripe();
});
afterAll(() => fake.stop());

const call = () => ({ baseUrl: fake.baseUrl, apiKey, timeoutMs: 5_000 });
const methods: Readonly<Record<Ending, string>> = {
  accepted: 'pm_good',
  declined: 'pm_declined',
  'wrong-amount-echoed': 'pm_wrong_amount',
};
const operation = (changes: Partial<ProviderOperation> = {}): ProviderOperation => ({
  ...{ operationId: newId('op'), kind: 'sale', amountMinor: 1_080n, currency: 'TRY', customerId: '42' },
  ...{ reference: 'order 7', instrument: 'pm_good', metadata: {}, ...changes },
});
const secret = 'whsec_defter_test';
const sentAt = new Date('2026-01-01T00:00:00Z');

const withdrawn = { id: 'txn_1', amount: -700, currency: 'try' };
const disputes: Readonly<Record<DisputeStand, Readonly<Record<string, string | readonly object[]>>>> = {
  inquiry: { status: 'warning_needs_response' },
  opened: { status: 'needs_response', balance_transactions: [withdrawn] },
  evidence: { status: 'under_review', balance_transactions: [withdrawn] },
  // What was withdrawn is on its way back.
  won: { status: 'won', balance_transactions: [withdrawn] },
  'won on appeal': {
    status: 'won',
    balance_transactions: [withdrawn, { ...withdrawn, id: 'txn_2', amount: 700 }],
  },
  lost: { status: 'lost', balance_transactions: [withdrawn] },
  'given back': {
    status: 'lost',
    balance_transactions: [withdrawn, { ...withdrawn, id: 'txn_2', amount: 700 }],
  },
};

const subject: ConformanceSubject = {
  provider: stripe,
  call,
  refusal: {
    status: 400,
    body: '{"error":{"type":"invalid_request_error","code":"parameter_invalid_empty"}}',
  },
  operation: (ending) => operation({ instrument: methods[ending] }),
  behind: {
    // In ordinary operation; the manifest allows for more.
    seconds: 60,
    during: async (work) => {
      fake.holdBackSearch(true);
      try {
        return await work();
      } finally {
        fake.holdBackSearch(false);
      }
    },
  },
  dispute: async (stand) => {
    const paid = await stripe.execute(operation(), call());
    const payment = 'providerRef' in paid ? (paid.providerRef ?? '') : '';
    const disputeRef = fake.openDispute(payment, { amount: 700, currency: 'try', ...disputes[stand] });
    return {
      disputeRef,
      operation: operation({ kind: 'chargeback', amountMinor: 700n, parentProviderRef: payment }),
    };
  },
  disputeBeside: async ({ operation: { parentProviderRef = '' }, ...sample }) => {
    const disputeRef = fake.openDispute(parentProviderRef, {
      ...{ amount: 700, currency: 'try', status: 'needs_response' },
    });
    return { ...sample, disputeRef, operation: operation({ kind: 'chargeback', parentProviderRef }) };
  },
  webhook: async () => {
    const operationId = newId('op');
    const object = {
      ...{ id: 'pi_1', object: 'payment_intent', amount: 1_080, amount_received: 1_080, currency: 'try' },
      ...{ status: 'succeeded', capture_method: 'automatic', metadata: { defter_operation: operationId } },
    };
    const event = { id: 'evt_1', object: 'event', created: 1_767_225_600, data: { object } };
    const payload = JSON.stringify({ ...event, type: 'payment_intent.succeeded' });
    // The header is made by Stripe's own published function, not by ours.
    const header = Stripe.webhooks.generateTestHeaderString({
      ...{ payload, secret, timestamp: sentAt.getTime() / 1_000 },
    });
    return {
      request: {
        path: '/api/v1/payments/webhook/stripe/c_stripe',
        headers: { 'stripe-signature': header },
        body: Buffer.from(payload),
      },
      ...{ connectionId: 'c_stripe', sentAt, key: { id: 'key_1', secret } },
      facts: {
        ...{ operationId, providerRef: 'pi_1', kind: 'sale', result: 'succeeded' },
        ...{ amountMinor: 1_080n, currency: 'TRY' },
      },
    };
  },
};

describe('the adapter of Stripe, against a server that speaks like Stripe', () => {
  for (const { name, run } of conformanceCases(subject)) it(name, run);

  it('a challenge is pending, with the address where the payer goes', async () => {
    const asked = operation({ instrument: 'pm_challenge', returnUrl: 'https://shop.example/back' });
    expect(await stripe.execute(asked, call())).toMatchObject({
      ...{ result: 'pending', nextAction: { type: 'redirect', url: 'https://hooks.example/challenge' } },
    });
  });

  it('a decline is found by look-up too', async () => {
    const asked = operation({ instrument: 'pm_declined' });
    expect(await stripe.execute(asked, call())).toEqual({
      ...{ result: 'declined', declineCode: 'insufficient_funds' },
    });
    expect(await stripe.lookup(asked.operationId, call(), asked)).toMatchObject({ result: 'declined' });
  });

  it('an authorization is captured in part once, or voided; each is found under its own id', async () => {
    const authorized = operation({ kind: 'authorize' });
    const held = await stripe.execute(authorized, call());
    const parentProviderRef = 'providerRef' in held ? (held.providerRef ?? '') : '';
    const captured = operation({ kind: 'capture', amountMinor: 900n, parentProviderRef });
    expect(await stripe.lookup(captured.operationId, call(), captured)).toEqual({ result: 'not_found' });
    const result = { result: 'succeeded', providerRef: parentProviderRef };
    const echoed = { amountMinor: 900n, currency: 'TRY' };
    expect(await stripe.execute(captured, call())).toEqual({ ...result, echoed });
    expect(await stripe.lookup(captured.operationId, call(), captured)).toEqual({ ...result, echoed });
    expect(await stripe.lookup(authorized.operationId, call(), authorized)).toMatchObject(result);
    const again = operation({ kind: 'capture', parentProviderRef });
    expect(await stripe.execute(again, call())).toMatchObject({
      ...{ result: 'failed', declineCode: 'payment_intent_unexpected_state' },
    });
    const other = await stripe.execute(operation({ kind: 'authorize' }), call());
    const voided = operation({
      kind: 'void',
      parentProviderRef: 'providerRef' in other ? (other.providerRef ?? '') : '',
    });
    expect(await stripe.execute(voided, call())).toMatchObject({ result: 'succeeded' });
    expect(await stripe.lookup(voided.operationId, call(), voided)).toMatchObject({ result: 'succeeded' });
  });

  it('refunds are found in their list, on any page', async () => {
    const paid = await stripe.execute(operation(), call());
    const parentProviderRef = 'providerRef' in paid ? (paid.providerRef ?? '') : '';
    const first = operation({ kind: 'refund', parentProviderRef, amountMinor: 100n });
    expect(await stripe.lookup(first.operationId, call(), first)).toEqual({ result: 'not_found' });
    await stripe.execute(first, call());
    for (const _ of [1, 2, 3, 4, 5])
      await stripe.execute(operation({ kind: 'refund', parentProviderRef }), call());
    expect(await stripe.lookup(first.operationId, call(), first)).toMatchObject({
      ...{ result: 'succeeded', echoed: { amountMinor: 100n, currency: 'TRY' } },
    });
  });

  it.each([
    ['warning_under_review', { result: 'pending', isInquiry: true }],
    ['warning_closed', { result: 'failed', declineCode: 'warning_closed' }],
    ['prevented', { result: 'failed' }],
    ['appeal_under_review', { result: 'pending', isUnderReview: true }],
    ['something_of_2031', { result: 'unknown' }],
  ])('a dispute that is %s is %j', async (status, expected) => {
    const paid = await stripe.execute(operation(), call());
    const payment = 'providerRef' in paid ? (paid.providerRef ?? '') : '';
    const disputeRef = fake.openDispute(payment, { amount: 700, currency: 'try', status });
    const asked = operation({ kind: 'chargeback', amountMinor: 700n, parentProviderRef: payment });
    expect(await stripe.lookup(disputeRef, call(), asked)).toMatchObject(expected);
    // Of the payment's disputes it is the only one with this money, also where the charge is known.
    expect(await stripe.lookup(payment, call(), asked)).toMatchObject(expected);
    const byCharge = { ...asked, parentProviderRef: `ch_of_${payment}` };
    expect(await stripe.lookup(asked.operationId, call(), byCharge)).toMatchObject(expected);
    const other = { ...asked, amountMinor: 701n };
    expect(await stripe.lookup(asked.operationId, call(), other)).toMatchObject({ result: 'unknown' });
  });

  it('a payout is refused before anything is sent: Stripe would pay the account’s own bank', async () => {
    const asked = operation({ kind: 'payout', instrument: 'TR330006100519786457841326' });
    expect(await stripe.execute(asked, call())).toMatchObject({ result: 'errored' });
  });

  it('an id that was used for something else is unknown', async () => {
    const asked = operation();
    await stripe.execute(asked, call());
    const other = { ...asked, amountMinor: 5n };
    expect(await stripe.execute(other, call())).toMatchObject({ result: 'unknown' });
  });

  it('an amount beyond what Stripe takes, and a wrong key, are failed', async () => {
    const huge = operation({ amountMinor: 10n ** 20n });
    expect(await stripe.execute(huge, call())).toEqual({ result: 'failed', declineCode: 'amount_too_large' });
    const wrong = { ...call(), apiKey: 'sk_test_another' };
    expect(await stripe.execute(operation(), wrong)).toMatchObject({ result: 'failed' });
    expect(await stripe.lookup(newId('op'), wrong)).toMatchObject({ result: 'unknown' });
  });
});

describe('the kit notices in the adapter of Stripe that', () => {
  it.each(conformanceBugs.filter(({ fits }) => fits(stripe)).map((bug) => [bug.bug, bug] as const))(
    '%s',
    async (_, { spoil, caughtBy }) => {
      const cases = conformanceCases({ ...subject, provider: spoil(stripe) });
      const catcher = cases.find(({ name }) => name.startsWith(caughtBy));
      await expect(catcher?.run()).rejects.toThrow();
    },
  );
});
