import type { Machine } from './machine.js';

/**
 * Seen from the one who was paid: `inquiry`, their bank was asked a question and no money moves; `lost`, the
 * payer's bank took the money back.
 */
export type DisputeStatus = 'inquiry' | 'opened' | 'evidence' | 'won' | 'lost';

/** What moves a dispute: only what the provider says. */
export type DisputeTrigger =
  | 'money asked back'
  | 'evidence under review'
  | 'provider says won'
  | 'provider says lost'
  | 'provider gave it back';

/**
 * Most begin as `opened`: funds are held then, posted when it is lost, given back when it is won. An inquiry
 * holds nothing. Late edges: `won → lost`, for money that moved outranks every claim that it didn't, and
 * `lost → won`, for money that was taken and came back.
 */
export const disputeMachine: Machine<DisputeStatus, DisputeTrigger> = {
  name: 'dispute',
  initial: 'inquiry',
  final: ['won', 'lost'],
  edges: {
    inquiry: {
      'money asked back': 'opened',
      'provider says won': 'won',
      'provider says lost': 'lost',
      'provider gave it back': 'won',
    },
    opened: {
      'evidence under review': 'evidence',
      'provider says won': 'won',
      'provider says lost': 'lost',
      'provider gave it back': 'won',
    },
    evidence: {
      'provider says won': 'won',
      'provider says lost': 'lost',
      'provider gave it back': 'won',
    },
    won: { 'provider says lost': 'lost' },
    lost: { 'provider gave it back': 'won' },
  },
};
