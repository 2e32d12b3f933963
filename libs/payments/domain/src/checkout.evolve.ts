import type { CheckoutEvent, CheckoutSession } from './checkout.js';

export const absentCheckout: CheckoutSession = { status: 'absent' };

/** The session after one event. Never throws, never decides; events of an absent session change nothing. */
export const evolveCheckout = (session: CheckoutSession, event: CheckoutEvent): CheckoutSession => {
  if (event.type === 'CheckoutOpened') {
    const { type: _type, at: _at, ...facts } = event;
    return { ...facts, status: 'open', paymentStatus: 'unpaid', tries: 0 };
  }
  if (session.status === 'absent') return session;
  switch (event.type) {
    case 'CheckoutPaymentTried':
      return { ...session, tries: event.number };
    case 'CheckoutCompleted':
      return { ...session, status: 'complete', paymentStatus: event.paymentStatus };
    case 'CheckoutExpired':
      return { ...session, status: 'expired' };
  }
};
