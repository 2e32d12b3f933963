import type { Machine } from './machine.js';

/** Seen from the one who was paid: `lost` means that the payer's bank took the money back. */
export type DisputeStatus = 'opened' | 'evidence' | 'won' | 'lost';

/** What moves a dispute: only what the provider says. */
export type DisputeTrigger = 'evidence under review' | 'provider says won' | 'provider says lost';

/**
 * Funds are held when it opens, posted when it is lost, given back when it is won. Late edge: `won → lost`,
 * for money that moved outranks every claim that it didn't.
 */
export const disputeMachine: Machine<DisputeStatus, DisputeTrigger> = {
  name: 'dispute',
  initial: 'opened',
  final: ['won', 'lost'],
  edges: {
    opened: { 'evidence under review': 'evidence', 'provider says won': 'won', 'provider says lost': 'lost' },
    evidence: { 'provider says won': 'won', 'provider says lost': 'lost' },
    won: { 'provider says lost': 'lost' },
    lost: {},
  },
};
