import type { MoneyResolution } from './resolution.js';

/** `correct` moves the money that a difference is about; `take_back` reverts such a correction. */
export type ProposalKind = 'correct' | 'take_back';

/** What somebody proposes to book, as far as decisions need it; the entries are under the hash. */
export interface ProposalFacts {
  readonly id: string;
  readonly kind: ProposalKind;
  readonly resolution: MoneyResolution;
  /** From 1; each edit takes the next. */
  readonly revision: number;
  /** What its entries add up to, in the smallest unit. */
  readonly amount: bigint;
  /** Digest of all that an approver decides about. */
  readonly payloadHash: string;
  /** The facts of the finding that it was made for. */
  readonly evidence: string;
  readonly proposedBy: string;
  /** Who handed in the files that the finding follows from: none of them may approve. */
  readonly evidenceBy: readonly string[];
  /** Milliseconds since 1970: from then on nobody may approve it, and booking may not begin. */
  readonly expiresAt: number;
}

/** A proposal that isn't over. In `booking` the ledger may have booked it: it can't be stopped any more. */
export type OpenProposal = ProposalFacts &
  ({ readonly stage: 'proposed' } | { readonly stage: 'approved' | 'booking'; readonly approvedBy: string });

/** How a proposal ends without having moved anything. */
export type ProposalEnd = 'rejected' | 'withdrawn' | 'expired' | 'voided' | 'refused';

/** What a person or machine is to the two-person rule. */
interface By {
  readonly by: string;
  readonly isPerson: boolean;
}

interface Content {
  readonly amount: bigint;
  readonly payloadHash: string;
  /** The most that may be booked: what the finding explains and no correction has booked yet. */
  readonly limit: bigint;
  readonly evidenceBy: readonly string[];
  readonly expiresAt: number;
}

/** Commands about a finding's proposal; `at` is in milliseconds since 1970. */
export type ProposalCommand =
  | (By &
      Content & {
        readonly type: 'Propose';
        readonly proposalId: string;
        readonly kind: ProposalKind;
        readonly resolution: MoneyResolution;
        readonly note: string;
      })
  | (By &
      Content & {
        readonly type: 'EditProposal';
        readonly proposalId: string;
        readonly note: string;
        readonly at: number;
      })
  | (By & {
      readonly type: 'ApproveProposal';
      readonly proposalId: string;
      /** Of what the approver saw. */
      readonly payloadHash: string;
      readonly note: string;
      readonly at: number;
    })
  | (By & { readonly type: 'RejectProposal'; readonly proposalId: string; readonly reason: string })
  | (By & { readonly type: 'WithdrawProposal'; readonly proposalId: string; readonly reason: string })
  | { readonly type: 'ExpireProposal'; readonly proposalId: string; readonly at: number }
  | {
      readonly type: 'BeginBooking';
      readonly proposalId: string;
      /** A run that was asked for after the approval has seen the difference as it was approved. */
      readonly isConfirmed: boolean;
      readonly at: number;
    }
  | {
      readonly type: 'Booked';
      readonly proposalId: string;
      readonly transactionId: string;
      /** The finding's difference, without its sign. */
      readonly difference: bigint;
    }
  | {
      /** Somebody has reverted in the ledger what it booked. */
      readonly type: 'NoteReversal';
      readonly proposalId: string;
      readonly kind: ProposalKind;
      readonly amount: bigint;
      /** The reversal's. */
      readonly transactionId: string;
      /** A proposal to take it back that waits: there is nothing left to take back. */
      readonly openTakeBack: string | undefined;
    }
  | {
      readonly type: 'RefuseBooking';
      readonly proposalId: string;
      readonly code: string;
      readonly detail: string;
    };

/** Amounts as text: events are stored and sent as JSON. */
export type ProposalEvent =
  | {
      readonly type: 'FindingProposed';
      readonly by: string;
      readonly proposalId: string;
      readonly kind: ProposalKind;
      readonly resolution: MoneyResolution;
      readonly amount: string;
      readonly payloadHash: string;
      readonly evidenceBy: readonly string[];
      readonly expiresAt: string;
      readonly note: string;
    }
  | {
      readonly type: 'FindingProposalEdited';
      readonly by: string;
      readonly proposalId: string;
      readonly revision: number;
      readonly amount: string;
      readonly payloadHash: string;
      readonly evidenceBy: readonly string[];
      readonly expiresAt: string;
      readonly note: string;
      /** Whose approval of the revision before holds no longer. */
      readonly voidsApprovalBy: string | null;
    }
  | {
      readonly type: 'FindingProposalApproved';
      readonly by: string;
      readonly proposalId: string;
      readonly revision: number;
      readonly payloadHash: string;
      readonly note: string;
    }
  | {
      readonly type: 'FindingProposalEnded';
      readonly proposalId: string;
      readonly how: ProposalEnd;
      /** Who ended it, or the run that saw something else. */
      readonly by: string;
      readonly reason: string;
    }
  | {
      readonly type: 'FindingBookingBegan';
      readonly proposalId: string;
      readonly proposedBy: string;
      readonly approvedBy: string;
    }
  | {
      readonly type: 'FindingCorrected' | 'FindingCorrectionTakenBack';
      readonly proposalId: string;
      readonly resolution: MoneyResolution;
      readonly amount: string;
      readonly proposedBy: string;
      readonly approvedBy: string;
      readonly transactionId: string;
    }
  /** What it booked was reverted in the ledger, and not by two people here. */
  | {
      readonly type: 'FindingCorrectionReverted';
      readonly proposalId: string;
      readonly kind: ProposalKind;
      readonly amount: string;
      readonly transactionId: string;
    }
  /** The difference went while the ledger was being asked: what was booked corrects nothing. */
  | { readonly type: 'FindingGoneWhileBooking'; readonly cause: string }
  /** What was booked for this finding stands, and the difference that it explained is gone. */
  | { readonly type: 'FindingCorrectionSurplus'; readonly cause: string };

export type ProposalRefusal =
  | { readonly code: 'proposal-open'; readonly proposalId: string }
  | { readonly code: 'proposal-not-open'; readonly proposalId: string }
  | { readonly code: 'proposal-booking'; readonly proposalId: string }
  | { readonly code: 'proposal-approved'; readonly proposalId: string }
  | { readonly code: 'proposal-not-approved'; readonly proposalId: string }
  | { readonly code: 'proposal-expired'; readonly proposalId: string }
  | { readonly code: 'take-back-is-fixed'; readonly proposalId: string }
  /** Without the hash that would fit: who approves looks again. */
  | { readonly code: 'proposal-not-as-seen' }
  | { readonly code: 'person-required' }
  | { readonly code: 'approver-is-proposer' }
  | { readonly code: 'approver-handed-it-in' }
  | { readonly code: 'not-the-proposer'; readonly proposedBy: string }
  | { readonly code: 'difference-gone' }
  | { readonly code: 'difference-not-confirmed' }
  | { readonly code: 'exceeds-difference'; readonly amount: string; readonly limit: string };
