import type { Machine } from './machine.js';

/**
 * `reserving`: written down, the ledger is asked to hold what goes back. `rejected`: the ledger has no
 * funds for it, nothing was sent. `unknown`: the provider may have given the money back. `returned`: it had,
 * and the payer's bank sent it back, perhaps weeks later.
 */
export type RefundStatus =
  'reserving' | 'queued' | 'processing' | 'unknown' | 'succeeded' | 'failed' | 'rejected' | 'returned';

/** What moves a refund: the ledger's answer to the hold, and its operation's result. */
export type RefundTrigger =
  | 'hold placed'
  | 'hold refused'
  | 'operation unknown'
  | 'operation pending'
  | 'operation failed'
  | 'operation succeeded'
  | 'operation returned';

const ends = {
  'operation failed': 'failed',
  'operation succeeded': 'succeeded',
  'operation returned': 'returned',
} as const;

/**
 * The hold is posted on the way to `succeeded` and given back on the way to `failed`; `returned` books the
 * money in again. Late edges: `failed → succeeded`, when the provider gave the money back after it had said
 * that it didn't, and `succeeded → returned`.
 */
export const refundMachine: Machine<RefundStatus, RefundTrigger> = {
  name: 'refund',
  initial: 'reserving',
  final: ['succeeded', 'failed', 'rejected', 'returned'],
  edges: {
    reserving: { 'hold placed': 'queued', 'hold refused': 'rejected' },
    queued: { 'operation unknown': 'unknown', 'operation pending': 'processing', ...ends },
    processing: ends,
    unknown: { 'operation pending': 'processing', ...ends },
    succeeded: { 'operation returned': 'returned' },
    failed: { 'operation succeeded': 'succeeded', 'operation returned': 'returned' },
    rejected: {},
    returned: {},
  },
};
