import type { Machine } from './machine.js';
import type { PayoutStatus } from './payout.js';

/** What moves a payout: people, the ledger's answer to the hold, the runner, and its operation's result. */
export type PayoutTrigger =
  | 'hold placed'
  | 'hold refused'
  | 'review started'
  | 'held'
  | 'released to review'
  | 'released to queue'
  | 'approved'
  | 'queued'
  | 'rejected'
  | 'canceled'
  | 'submitted'
  | 'not sent'
  | 'operation unknown'
  | 'operation pending'
  | 'operation failed'
  | 'operation succeeded'
  | 'operation returned';

const results = {
  'operation unknown': 'unknown',
  'operation pending': 'in_transit',
  'operation failed': 'failed',
  'operation succeeded': 'paid',
  'operation returned': 'returned',
} as const;

/**
 * The hold is posted on the way to `paid` and given back on the way to `rejected`, `canceled` and `failed`;
 * `returned` books the money in again. Late edges: `failed → paid`, `canceled → paid`, `paid → returned`.
 * Holding and canceling are possible only while provably nothing has been sent.
 */
export const payoutMachine: Machine<PayoutStatus, PayoutTrigger> = {
  name: 'payout',
  initial: 'reserving',
  final: ['paid', 'rejected', 'canceled', 'failed', 'returned'],
  edges: {
    reserving: { 'hold placed': 'requested', 'hold refused': 'rejected' },
    requested: { 'review started': 'in_review' },
    in_review: { held: 'on_hold', approved: 'approved', rejected: 'rejected', canceled: 'canceled' },
    on_hold: {
      'released to review': 'in_review',
      'released to queue': 'queued',
      rejected: 'rejected',
      canceled: 'canceled',
      ...results,
    },
    approved: { queued: 'queued' },
    queued: { held: 'on_hold', submitted: 'submitted', canceled: 'canceled', ...results },
    submitted: { 'not sent': 'queued', ...results },
    in_transit: {
      'operation failed': 'failed',
      'operation succeeded': 'paid',
      'operation returned': 'returned',
    },
    unknown: {
      'operation pending': 'in_transit',
      'operation failed': 'failed',
      'operation succeeded': 'paid',
      'operation returned': 'returned',
    },
    paid: { 'operation returned': 'returned' },
    rejected: {},
    canceled: { 'operation succeeded': 'paid', 'operation returned': 'returned' },
    failed: { 'operation succeeded': 'paid', 'operation returned': 'returned' },
    returned: {},
  },
};
