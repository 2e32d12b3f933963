import type { IntentRefusal, OperationKind } from '@defter/payments-domain';
import type { Problem } from '@defter/platform';
import type { RouteRefusal } from './routes.js';

/** What the service refuses before the aggregate is asked. */
export type IntentRequestRefusal =
  | {
      readonly code: 'merchant-reference-taken';
      readonly merchantReference: string;
      readonly intentId: string;
    }
  | { readonly code: 'payment-method-missing' }
  | { readonly code: 'operation-not-supported'; readonly operationKind: OperationKind }
  | RouteRefusal;

export type ChargeRefusal = IntentRefusal | IntentRequestRefusal;

export const intentProblems = {
  'merchant-reference-taken': { status: 409, title: 'The merchant reference stands for another payment' },
  'payment-method-missing': { status: 422, title: 'The payment intent has no payment method' },
  'operation-not-supported': { status: 422, title: 'The provider does not do this' },
  'connection-unknown': { status: 422, title: 'The tenant has no such connection' },
  'mock-refused-in-live': { status: 422, title: 'A live tenant never pays through the mock' },
  'test-method-refused': { status: 422, title: 'The tenant takes no test cards and test accounts' },
  'currency-not-supported': { status: 422, title: 'The provider does not take this currency' },
  'intent-exists': { status: 409, title: 'The payment intent exists already' },
  'intent-absent': { status: 404, title: 'There is no such payment intent' },
  'intent-settled': { status: 409, title: 'The payment intent is settled' },
  'intent-authorized': { status: 409, title: 'The payment is authorised already; capture or cancel it' },
  'attempt-in-progress': { status: 409, title: 'An attempt is in progress', isPassing: true },
  'attempt-unknown': {
    status: 409,
    title: 'An attempt may have charged; it has to be resolved first',
    isPassing: true,
  },
  'attempt-abandoned': {
    status: 409,
    title: 'The provider has not said yet that the abandoned attempt is not charged',
    isPassing: true,
  },
  'nothing-to-abandon': {
    status: 409,
    title: 'No attempt waits for its payer, or another one than was named',
  },
  'nothing-to-capture': { status: 409, title: 'Nothing is authorised that could be captured' },
  'capture-above-authorized': { status: 422, title: 'More than what is left of the authorisation' },
  'nothing-to-resolve': { status: 409, title: 'There is nothing to ask the provider' },
  'nothing-to-refund': { status: 409, title: 'Nothing is left that could be given back' },
  'refund-above-captured': { status: 422, title: 'More than what is left of what was captured' },
  'refund-spans-captures': {
    status: 422,
    title: 'More than any one capture has left; refund them one by one',
  },
  'refund-absent': { status: 404, title: 'There is no such refund' },
  'refund-not-reserving': { status: 409, title: 'The hold of the refund is known already' },
  'refund-not-retryable': { status: 409, title: 'Only what provably never left may be sent again' },
  'refund-not-resolvable': { status: 409, title: 'There is nothing to ask the provider' },
  'operation-unknown': { status: 404, title: 'There is no such operation' },
} satisfies Record<ChargeRefusal['code'], Problem>;
