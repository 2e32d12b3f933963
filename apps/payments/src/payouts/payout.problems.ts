import type { PayoutRefusal } from '@defter/payments-domain';
import type { Problem } from '@defter/platform';
import type { RouteRefusal } from '../routes.js';

/** What is refused before or beside the aggregate. */
export type PayoutRequestRefusal =
  | RouteRefusal
  | { readonly code: 'operation-not-supported'; readonly operationKind: 'payout' }
  | { readonly code: 'idempotency_key_reused' }
  | { readonly code: 'insufficient-funds' }
  | { readonly code: 'hold-refused'; readonly reason: string };

/** What is refused before the aggregate is asked to change. */
export type PayoutChangeRefusal =
  RouteRefusal | { readonly code: 'assignee-unknown'; readonly assignee: string };

export const payoutProblems = {
  'connection-unknown': { status: 422, title: 'The tenant has no such connection' },
  'mock-refused-in-live': { status: 422, title: 'A live tenant never pays through the mock' },
  'test-method-refused': { status: 422, title: 'The tenant takes no test cards and test accounts' },
  'currency-not-supported': { status: 422, title: 'The provider does not take this currency' },
  'operation-not-supported': { status: 422, title: 'The provider does not do this' },
  idempotency_key_reused: { status: 422, title: 'Idempotency key was used for another request' },
  'insufficient-funds': { status: 422, title: 'The wallet does not have the funds' },
  'hold-refused': { status: 422, title: 'The ledger refused the hold' },
  'payout-exists': { status: 409, title: 'The payout exists already' },
  'payout-absent': { status: 404, title: 'There is no such payout' },
  'payout-not-reserving': { status: 409, title: 'The hold of the payout is known already' },
  'payout-not-in-review': { status: 409, title: 'Payout is not in review' },
  'person-required': { status: 403, title: 'Only a person can approve' },
  'approver-is-requester': { status: 403, title: 'The person who asked cannot approve' },
  'approver-edited-it': { status: 403, title: 'The person who edited it last cannot approve' },
  'assignee-is-requester': { status: 422, title: 'The person who asked cannot review' },
  'assignee-unknown': { status: 422, title: 'Nobody of this name may approve payouts' },
  'payout-not-holdable': { status: 409, title: 'Payout may have been sent, is on hold, or is settled' },
  'payout-not-on-hold': { status: 409, title: 'Payout is not on hold' },
  'payout-not-editable': { status: 409, title: 'Only a payout in review can be edited' },
  'already-approved-by-you': { status: 409, title: 'You approved this payout already' },
  'payout-changed-since-review': { status: 409, title: 'Payout changed since it was reviewed' },
  'payout-not-cancelable': { status: 409, title: 'Payout may have been sent, or is settled' },
  'payout-not-submittable': { status: 409, title: 'Payout is not queued' },
  'payout-not-retryable': { status: 409, title: 'Only what provably never left may be sent again' },
  'payout-not-resolvable': { status: 409, title: 'There is nothing to ask the provider' },
  'operation-unknown': { status: 404, title: 'There is no such operation' },
} satisfies Record<(PayoutRefusal | PayoutRequestRefusal | PayoutChangeRefusal)['code'], Problem>;
