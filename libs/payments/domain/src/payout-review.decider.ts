/**
 * What people decide about a payout before it is sent: assigning, approving, holding and releasing, editing.
 * States and edges: payout-machine.ts. An approval is of one revision; an edit makes the next one. Neither
 * who asked nor who wrote the revision can approve it.
 */
import { accept, type Decision, refuse } from '@defter/kernel';
import type { ExistingPayout, PayoutCommand, PayoutEvent, PayoutRefusal } from './payout.js';

type Decided = Decision<PayoutEvent, PayoutRefusal>;
type Command<T extends PayoutCommand['type']> = Extract<PayoutCommand, { readonly type: T }>;

/** Why this person can't approve the payout as it is; undefined when they can. */
export const barredFromApproving = (
  payout: ExistingPayout,
  { by, person }: { readonly by: string; readonly person: boolean },
): PayoutRefusal | undefined => {
  if (payout.status !== 'in_review') return { code: 'payout-not-in-review', payoutStatus: payout.status };
  if (!person) return { code: 'person-required' };
  if (by === payout.requestedBy) return { code: 'approver-is-requester' };
  if (by === payout.revisedBy) return { code: 'approver-edited-it' };
  if (standingApprovals(payout).some((approval) => approval.by === by))
    return { code: 'already-approved-by-you' };
  return undefined;
};

/** The approvals of the revision as it is. */
export const standingApprovals = ({ approvals, revision }: ExistingPayout) =>
  approvals.filter((approval) => approval.revision === revision);

export const decideApproval = (command: Command<'ApprovePayout'>, payout: ExistingPayout): Decided => {
  const { by, role, payloadHash, note, at, operation } = command;
  const barred = barredFromApproving(payout, command);
  if (barred !== undefined) return refuse(barred);
  if (payloadHash !== payout.payloadHash) return refuse({ code: 'payout-changed-since-review' });
  const given: PayoutEvent = { type: 'PayoutApprovalGiven', by, role, payloadHash, note, at };
  if (standingApprovals(payout).length + 1 < payout.approvalsRequired) return accept(given);
  return accept<PayoutEvent>(given, { type: 'PayoutApproved', at }, { type: 'PayoutQueued', operation, at });
};

export const decideAssignment = (
  { by, assignee, at }: Command<'AssignPayout'>,
  payout: ExistingPayout,
): Decided => {
  if (!isReviewable(payout)) return refuse({ code: 'payout-not-in-review', payoutStatus: payout.status });
  if (assignee === payout.requestedBy) return refuse({ code: 'assignee-is-requester' });
  return assignee === payout.assignee ? accept() : accept({ type: 'PayoutAssigned', assignee, by, at });
};

export const decideHold = ({ by, reason, at }: Command<'HoldPayout'>, payout: ExistingPayout): Decided =>
  isHoldable(payout)
    ? accept({ type: 'PayoutHeld', reason, by, at })
    : refuse({ code: 'payout-not-holdable', payoutStatus: payout.status });

export const decideRelease = ({ by, at }: Command<'ReleasePayout'>, payout: ExistingPayout): Decided =>
  payout.status === 'on_hold'
    ? accept({ type: 'PayoutReleased', by, at })
    : refuse({ code: 'payout-not-on-hold', payoutStatus: payout.status });

export const decideRevision = (command: Command<'RevisePayout'>, payout: ExistingPayout): Decided => {
  const { by, at, seenHash, destination, metadata, payloadHash } = command;
  if (!isReviewable(payout)) return refuse({ code: 'payout-not-editable', payoutStatus: payout.status });
  if (seenHash !== payout.payloadHash) return refuse({ code: 'payout-changed-since-review' });
  const revision = payout.revision + 1;
  return accept({ type: 'PayoutRevised', revision, destination, metadata, payloadHash, by, at });
};

/** Nobody has approved it in full yet: it may be assigned, edited and rejected. */
export const isReviewable = ({ status, operation }: ExistingPayout): boolean =>
  status === 'in_review' || (status === 'on_hold' && operation === null);

/** Only while provably nothing has been sent. */
export const isHoldable = ({ status, submitted }: ExistingPayout): boolean =>
  status === 'in_review' || (status === 'queued' && !submitted);
