import type { Machine } from './machine.js';

/**
 * `reserving`: written down, the ledger is asked to hold what goes back. `rejected`: the ledger has no
 * funds for it, nothing was sent. `unknown`: the provider may have given the money back.
 */
export type RefundStatus =
  'reserving' | 'queued' | 'processing' | 'unknown' | 'succeeded' | 'failed' | 'rejected';

/** What moves a refund: the ledger's answer to the hold, and its operation's result. */
export type RefundTrigger =
  | 'hold placed'
  | 'hold refused'
  | 'operation unknown'
  | 'operation pending'
  | 'operation failed'
  | 'operation succeeded';

const results = {
  'operation unknown': 'unknown',
  'operation pending': 'processing',
  'operation failed': 'failed',
  'operation succeeded': 'succeeded',
} as const;

/**
 * The hold is posted on the way to `succeeded` and given back on the way to `failed`. Late edge:
 * `failed → succeeded`, when the provider gave the money back after it had said that it didn't.
 */
export const refundMachine: Machine<RefundStatus, RefundTrigger> = {
  name: 'refund',
  initial: 'reserving',
  final: ['succeeded', 'failed', 'rejected'],
  edges: {
    reserving: { 'hold placed': 'queued', 'hold refused': 'rejected' },
    queued: results,
    processing: { 'operation failed': 'failed', 'operation succeeded': 'succeeded' },
    unknown: {
      'operation pending': 'processing',
      'operation failed': 'failed',
      'operation succeeded': 'succeeded',
    },
    succeeded: {},
    failed: { 'operation succeeded': 'succeeded' },
    rejected: {},
  },
};
