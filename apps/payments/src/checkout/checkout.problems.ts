import type { CheckoutRefusal } from '@defter/payments-domain';
import type { Problem } from '@defter/platform';
import type { RouteRefusal } from '../routes.js';

/** What is refused before the session is asked. */
export type CheckoutRequestRefusal =
  | { readonly code: 'checkout-not-in-live' }
  | { readonly code: 'merchant-reference-taken'; readonly merchantReference: string }
  | RouteRefusal;

export const checkoutProblems = {
  'checkout-not-in-live': { status: 422, title: 'The demo page is not for a live tenant' },
  'merchant-reference-taken': { status: 409, title: 'The merchant reference stands for another payment' },
  'connection-unknown': { status: 422, title: 'The tenant has no such connection' },
  'mock-refused-in-live': { status: 422, title: 'A live tenant never pays through the mock' },
  'test-method-refused': { status: 422, title: 'The tenant takes no test cards and test accounts' },
  'currency-not-supported': { status: 422, title: 'The provider does not take this currency' },
  'checkout-exists': { status: 409, title: 'The checkout session exists already' },
  'checkout-absent': { status: 404, title: 'There is no such checkout session' },
  'checkout-complete': { status: 409, title: 'The checkout session is complete' },
  'checkout-expired': { status: 409, title: 'The checkout session has expired' },
  'checkout-not-free': { status: 409, title: 'The checkout session has to be paid' },
  'checkout-tried-already': { status: 409, title: 'This try was made already' },
  'checkout-not-due': { status: 409, title: 'The checkout session has not expired yet' },
  'checkout-payment-under-way': { status: 409, title: 'A payment is under way' },
} satisfies Record<(CheckoutRefusal | CheckoutRequestRefusal)['code'], Problem>;

/** How the page answers: a form leads to a page, and there is none at an address that nobody was given. */
export const pageStatus = { shown: 200, afterForm: 303, absent: 404 } as const;
