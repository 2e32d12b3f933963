// The steps of a correction by two people, as commands and events.
import { specify } from '@defter/kernel';
import { decide } from './finding.decider.js';
import { evolve } from './finding.evolve.js';
import { type FindingCommand, type FindingEvent, noFinding } from './finding.js';

export const { given } = specify({ decide, evolve, initial: noFinding });
export const seen = { findingType: 'amount_mismatch', severity: 'MED', evidence: 'e1' } as const;
export const raised: FindingEvent = { type: 'FindingRaised', ...seen, cause: 'run_1' };
export const DAY = Date.parse('2026-02-11T09:00:00Z');
export const expiresAt = '2026-02-11T09:00:00.000Z';

export const propose = {
  ...{ type: 'Propose', by: 'ayse', isPerson: true, proposalId: 'p1', kind: 'correct' },
  ...{ resolution: 'post_adjustment', note: 'n', amount: 100n, payloadHash: 'h1', limit: 100n },
  ...{ evidenceBy: [], expiresAt: DAY },
} as const satisfies FindingCommand;
export const proposed = {
  ...{ type: 'FindingProposed', by: 'ayse', proposalId: 'p1', kind: 'correct' },
  ...{ resolution: 'post_adjustment', amount: '100', payloadHash: 'h1', expiresAt, note: 'n' },
  evidenceBy: [],
} as const satisfies FindingEvent;
export const approve = {
  ...{ type: 'ApproveProposal', by: 'mehmet', isPerson: true, proposalId: 'p1', payloadHash: 'h1' },
  ...{ note: '', at: DAY - 1 },
} as const satisfies FindingCommand;
export const approved = {
  ...{ type: 'FindingProposalApproved', by: 'mehmet', proposalId: 'p1', revision: 1, payloadHash: 'h1' },
  note: '',
} as const satisfies FindingEvent;
export const begin = {
  ...{ type: 'BeginBooking', proposalId: 'p1', isConfirmed: true, at: DAY - 1 },
} as const satisfies FindingCommand;
export const began: FindingEvent = {
  ...{ type: 'FindingBookingBegan', proposalId: 'p1', proposedBy: 'ayse', approvedBy: 'mehmet' },
};
export const booked = {
  ...{ type: 'Booked', proposalId: 'p1', transactionId: '7', difference: 100n },
} as const satisfies FindingCommand;
export const corrected = {
  ...{ type: 'FindingCorrected', proposalId: 'p1', resolution: 'post_adjustment', amount: '100' },
  ...{ proposedBy: 'ayse', approvedBy: 'mehmet', transactionId: '7' },
} as const satisfies FindingEvent;
export const resolved: FindingEvent = {
  ...{ type: 'FindingResolved', by: 'ayse', resolution: 'post_adjustment' },
  note: 'transaction 7, approved by mehmet',
};
export const vanish = { type: 'Vanish', cause: 'run_2' } as const;
export const otherFacts = { type: 'Observe', ...seen, evidence: 'e2', cause: 'run_2' } as const;
export const ended = (how: 'voided' | 'refused' | 'expired', by: string, reason: string): FindingEvent => ({
  ...{ type: 'FindingProposalEnded', proposalId: 'p1', how, by, reason },
});
export const gone = ended('voided', 'run_2', 'The difference is gone: it came by itself');
export const other = ended('voided', 'run_2', 'The difference is another one than it was proposed for');
export const surplus = (cause: string): FindingEvent => ({ type: 'FindingCorrectionSurplus', cause });
