import type { CheckoutStatus } from './checkout.js';
import type { Machine } from './machine.js';

export type CheckoutTrigger = 'paid' | 'confirmed, nothing to pay' | 'time is up' | 'payment canceled';

/**
 * `complete` and `expired` exclude each other while payment and expiry race. The late edge `expired →
 * complete`: the provider captured an attempt after all that it had said failed; the money is there.
 */
export const checkoutMachine: Machine<CheckoutStatus, CheckoutTrigger> = {
  name: 'checkout session',
  initial: 'open',
  final: ['complete', 'expired'],
  edges: {
    open: {
      paid: 'complete',
      'confirmed, nothing to pay': 'complete',
      'time is up': 'expired',
      'payment canceled': 'expired',
    },
    complete: {},
    expired: { paid: 'complete' },
  },
};
