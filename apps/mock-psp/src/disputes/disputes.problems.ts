import type { Problem } from '@defter/platform';
import type { DisputeRefusal } from './disputes.decider.js';
import type { ReturnRefusal } from './return-payout.decider.js';

export const disputeProblems = {
  'charge-not-found': { status: 404, title: 'There is no such charge or capture' },
  'charge-not-succeeded': { status: 409, title: 'The charge has not succeeded' },
  'dispute-exceeds-charge': { status: 409, title: 'More than is left of the charge' },
  'dispute-not-found': { status: 404, title: 'There is no such dispute' },
  'dispute-is-over': { status: 409, title: 'The dispute is won or lost already' },
  'dispute-already-there': { status: 409, title: 'The dispute stands there already' },
} satisfies Record<DisputeRefusal['code'], Problem>;

export const returnProblems = {
  'payout-not-found': { status: 404, title: 'There is no such payout or refund' },
  'payout-not-paid': { status: 409, title: 'Only what was paid can come back' },
} satisfies Record<ReturnRefusal['code'], Problem>;
