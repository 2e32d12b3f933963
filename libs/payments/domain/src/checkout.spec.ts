import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { specify } from '@defter/kernel';
import {
  absentCheckout,
  type CheckoutCommand,
  type CheckoutEvent,
  decideCheckout,
  evolveCheckout,
} from './index.js';
import { AT, checkoutFacts } from './testing/samples.js';

const { given } = specify({ decide: decideCheckout, evolve: evolveCheckout, initial: absentCheckout });
const opened: CheckoutEvent = { type: 'CheckoutOpened', ...checkoutFacts, at: AT };
const free: CheckoutEvent = { ...opened, amountMinor: 0n, intentId: null };
const LAST_MOMENT = '2026-03-01T10:29:59.999Z';
const tried = (number: number, at = AT): CheckoutEvent => ({ type: 'CheckoutPaymentTried', number, at });
const tryIt = (number: number, at = AT): CheckoutCommand => ({ type: 'TryPayment', number, at });
const completed: CheckoutEvent = { type: 'CheckoutCompleted', paymentStatus: 'paid', at: AT };
const expired: CheckoutEvent = { type: 'CheckoutExpired', at: checkoutFacts.expiresAt };
const captured: CheckoutCommand = { type: 'FollowIntent', outcome: 'captured', at: AT };
const expire = (paymentUnderWay = false, at = checkoutFacts.expiresAt): CheckoutCommand => ({
  ...{ type: 'ExpireCheckout', paymentUnderWay, at },
});

describe('a try to pay', () => {
  it('is one, however often its form is sent', () => {
    given(opened).when(tryIt(1)).thenAccepted(tried(1));
    given(opened, tried(1)).when(tryIt(1)).thenRefused({ code: 'checkout-tried-already', tries: 1 });
    given(opened, tried(1)).when(tryIt(2)).thenAccepted(tried(2));
    given(opened).when(tryIt(2)).thenRefused({ code: 'checkout-tried-already', tries: 0 });
  });

  it('comes before the time is up, and before the payment', () => {
    given(opened).when(tryIt(1, LAST_MOMENT)).thenAccepted(tried(1, LAST_MOMENT));
    given(opened).when(tryIt(1, checkoutFacts.expiresAt)).thenRefused({ code: 'checkout-expired' });
    given(opened, expired).when(tryIt(1)).thenRefused({ code: 'checkout-expired' });
    given(opened, completed).when(tryIt(1)).thenRefused({ code: 'checkout-complete' });
  });
});

describe('a session', () => {
  it('expires when its time is up, unless a payment is under way', () => {
    given(opened)
      .when(expire(false, LAST_MOMENT))
      .thenRefused({
        ...{ code: 'checkout-not-due', expiresAt: checkoutFacts.expiresAt },
      });
    given(opened, tried(1)).when(expire(true)).thenRefused({ code: 'checkout-payment-under-way' });
    given(opened).when(expire()).thenAccepted(expired);
    given(opened, completed).when(expire()).thenAccepted();
  });

  it('is complete when it was paid, also late; and stays so', () => {
    given(opened, tried(1)).when(captured).thenAccepted(completed);
    given(opened, expired).when(captured).thenAccepted(completed);
    given(opened, completed).when(captured).thenAccepted();
    given(opened, completed)
      .when({ ...captured, outcome: 'canceled' })
      .thenAccepted();
    given(opened)
      .when({ ...captured, outcome: 'canceled' })
      .thenAccepted({ type: 'CheckoutExpired', at: AT });
  });

  it('of nothing to pay is only confirmed', () => {
    given(free)
      .when({ type: 'ConfirmFreeCheckout', at: AT })
      .thenAccepted({ ...completed, paymentStatus: 'no_payment_required' });
    given(opened).when({ type: 'ConfirmFreeCheckout', at: AT }).thenRefused({ code: 'checkout-not-free' });
  });

  it('is complete if and only if it was paid, whatever comes in which order', () => {
    const commands: readonly CheckoutCommand[] = [
      ...[tryIt(1), tryIt(2), captured, expire(), expire(true), expire(false, LAST_MOMENT)],
      { type: 'FollowIntent', outcome: 'canceled', at: AT },
      { type: 'ConfirmFreeCheckout', at: AT },
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...commands), { maxLength: 12 }), (told) => {
        const end = told.reduce(
          (session, command) => {
            const decision = decideCheckout(command, session);
            return decision.accepted ? decision.events.reduce(evolveCheckout, session) : session;
          },
          evolveCheckout(absentCheckout, opened),
        );
        const paid = told.includes(captured);
        expect(end.status === 'complete').toBe(paid);
        expect('paymentStatus' in end && end.paymentStatus).toBe(paid ? 'paid' : 'unpaid');
      }),
      { numRuns: 2_000 },
    );
  });
});
