/**
 * Decides about a checkout session. States and edges: checkout-machine.ts. Whoever decides holds the lock of
 * the
 * session's intent, so of a payment and the expiry that come together one is first: a try before the time is
 * up keeps the session from expiring until it failed, and an expired session takes no try.
 */
import { accept, assertNever, type Decision, refuse } from '@defter/kernel';
import type {
  CheckoutCommand,
  CheckoutEvent,
  CheckoutRefusal,
  CheckoutSession,
  ExistingCheckout,
} from './checkout.js';
import { checkoutMachine, type CheckoutTrigger } from './checkout-machine.js';
import { step } from './machine.js';

export type CheckoutDecision = Decision<CheckoutEvent, CheckoutRefusal>;

/** Decides one command; what says nothing new is accepted with no events. */
export const decideCheckout = (command: CheckoutCommand, session: CheckoutSession): CheckoutDecision => {
  if (command.type === 'OpenCheckout') {
    if (session.status !== 'absent') return refuse({ code: 'checkout-exists' });
    return accept({ ...command, type: 'CheckoutOpened' });
  }
  if (session.status === 'absent') return refuse({ code: 'checkout-absent' });
  const { at } = command;
  switch (command.type) {
    case 'TryPayment': {
      const ended = endedBy(session, at);
      if (ended !== undefined) return refuse(ended);
      const { tries } = session;
      if (command.number !== tries + 1) return refuse({ code: 'checkout-tried-already', tries });
      return accept({ type: 'CheckoutPaymentTried', number: command.number, at });
    }
    case 'ConfirmFreeCheckout': {
      const ended = endedBy(session, at);
      if (ended !== undefined) return refuse(ended);
      if (session.intentId !== null) return refuse({ code: 'checkout-not-free' });
      return accept({ type: 'CheckoutCompleted', paymentStatus: 'no_payment_required', at });
    }
    case 'FollowIntent': {
      if (command.outcome === 'canceled') {
        return accept(...moving(session, 'payment canceled', { type: 'CheckoutExpired', at }));
      }
      return accept(...moving(session, 'paid', { type: 'CheckoutCompleted', paymentStatus: 'paid', at }));
    }
    case 'ExpireCheckout': {
      const { expiresAt } = session;
      if (session.status !== 'open') return accept();
      if (at < expiresAt) return refuse({ code: 'checkout-not-due', expiresAt });
      if (command.paymentUnderWay) return refuse({ code: 'checkout-payment-under-way' });
      return accept({ type: 'CheckoutExpired', at });
    }
    default:
      return assertNever(command);
  }
};

/** Why nothing more can be paid on it; the time decides, also while nobody has noted it yet. */
const endedBy = ({ status, expiresAt }: ExistingCheckout, at: string): CheckoutRefusal | undefined => {
  if (status === 'complete') return { code: 'checkout-complete' };
  return status === 'expired' || at >= expiresAt ? { code: 'checkout-expired' } : undefined;
};

/** The event, if the trigger leads anywhere from here. */
const moving = (
  { status }: ExistingCheckout,
  trigger: CheckoutTrigger,
  event: CheckoutEvent,
): readonly CheckoutEvent[] => (step(checkoutMachine, status, trigger) === status ? [] : [event]);
