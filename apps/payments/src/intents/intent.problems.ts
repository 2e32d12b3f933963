import type { IntentRefusal } from '@defter/payments-domain';
import type { Problem } from '@defter/platform';
import type { RouteRefusal } from '../routes.js';

/** What the service refuses before the aggregate is asked. */
export type IntentRequestRefusal =
  | {
      readonly code: 'merchant-reference-taken';
      readonly merchantReference: string;
      readonly intentId: string;
    }
  | RouteRefusal;

export const intentProblems = {
  'merchant-reference-taken': { status: 409, title: 'The merchant reference stands for another payment' },
  'connection-unknown': { status: 422, title: 'The tenant has no such connection' },
  'mock-refused-in-live': { status: 422, title: 'A live tenant never pays through the mock' },
  'test-method-refused': { status: 422, title: 'The tenant takes no test cards and test accounts' },
  'currency-not-supported': { status: 422, title: 'The provider does not take this currency' },
  'intent-exists': { status: 409, title: 'The payment intent exists already' },
  'intent-absent': { status: 404, title: 'Not found' },
  'intent-settled': { status: 409, title: 'The payment intent is settled' },
  'attempt-in-progress': { status: 409, title: 'An attempt is in progress' },
  'attempt-unknown': { status: 409, title: 'An attempt may have charged; it has to be resolved first' },
  'operation-unknown': { status: 404, title: 'Not found' },
} satisfies Record<(IntentRefusal | IntentRequestRefusal)['code'], Problem>;
