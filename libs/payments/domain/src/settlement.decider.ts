/**
 * Decides about a settlement, money that a provider has transferred to the bank:
 *
 *     requested ── another person approves exactly what was seen ──► approved (booked)
 *     requested ── another person says no ──► rejected
 *     requested ── whoever asked takes it back ──► withdrawn
 *     approved ── the ledger refuses its booking ──► refused      (nobody here decides that,
 *     approved ── somebody reverts its transaction ──► reverted    nor that)
 *
 * Two people: whoever asked can't approve, nor whoever handed in the files that it follows from, and what is
 * approved is exactly what was seen. What looks like a transfer that is booked already is approved only by
 * naming that one: one transfer under two names would be booked twice. What is the same for certain, by its
 * name or by a credit of the bank, isn't approved at all beside one that is booked. Of two decisions at once
 * the row lock makes one the first; the other hears which it was. What reconciliation asks for is decided in
 * batch-settlement.decider.ts.
 */
import { accept, assertNever, type Decision, refuse } from '@defter/kernel';

/** Where it stands, and since its first decision by whom and when. */
export type SettlementStage =
  | { readonly status: 'requested' }
  | {
      readonly status: 'approved';
      /** Null of one that the settings let be booked, and of those from before two people were needed. */
      readonly by: string | null;
      readonly at: string;
    }
  | {
      readonly status: 'rejected' | 'withdrawn' | 'refused' | 'reverted';
      readonly by: string;
      readonly at: string;
      readonly reason: string;
    };

export interface Settlement {
  readonly stage: SettlementStage;
  readonly requestedBy: string;
  /** Digest of all that an approver decides about. */
  readonly payloadHash: string;
  /** Who handed in the files that it follows from. */
  readonly evidenceBy: readonly string[];
  /** Settlements that are booked and may be the same transfer under another name. */
  readonly bookedLikes: readonly string[];
  /** Another settlement that has one of its credits of the bank. */
  readonly creditedBy: string | null;
  /** One of the same transfer that was reverted in the ledger, and stands in the books again. */
  readonly standingAgain: string | null;
  /** A person asked for it with a batch's figures, and other ones were told since. */
  readonly isOutdated: boolean;
}

/** What is to be known of it to say who may decide about it. */
type Judged = Pick<Settlement, 'stage' | 'requestedBy' | 'evidenceBy'>;

interface By {
  readonly by: string;
  readonly person: boolean;
}

export interface ApproveSettlement extends By {
  readonly type: 'ApproveSettlement';
  /** Of what the approver saw. */
  readonly payloadHash: string;
  /** Settlements that look the same, and that the approver knows to be of other transfers. */
  readonly otherThan: readonly string[];
}

export type SettlementCommand =
  | ApproveSettlement
  | (By & { readonly type: 'RejectSettlement' | 'WithdrawSettlement'; readonly reason: string });

export type SettlementEvent =
  | { readonly type: 'SettlementApproved'; readonly by: string; readonly payloadHash: string }
  | {
      readonly type: 'SettlementEnded';
      readonly how: 'rejected' | 'withdrawn';
      readonly by: string;
      readonly reason: string;
    };

type Ended = Extract<SettlementStage, { readonly reason: string }>;

export type SettlementDecisionRefusal =
  /** Somebody was first: who, and when. */
  | { readonly code: 'settlement-approved'; readonly by: string | null; readonly at: string }
  | {
      readonly code: `settlement-${Ended['status']}`;
      readonly by: string;
      readonly at: string;
      readonly reason: string;
    }
  | { readonly code: 'person-required' }
  | { readonly code: 'approver-is-requester' }
  | { readonly code: 'not-the-requester'; readonly requestedBy: string }
  | { readonly code: 'approver-handed-it-in' }
  | { readonly code: 'settlement-not-as-seen' }
  | { readonly code: 'settlement-looks-booked'; readonly settlementId: string }
  | { readonly code: 'credit-settled'; readonly settlementId: string }
  | { readonly code: 'settlement-stands-again'; readonly settlementId: string }
  | { readonly code: 'batch-changed' };

type Act = SettlementCommand['type'];

/** Why this person can't do that with the settlement as it is; undefined when they can. */
export const barredFromSettling = (
  { stage, requestedBy, evidenceBy }: Judged,
  { type, by, person }: By & { readonly type: Act },
): SettlementDecisionRefusal | undefined => {
  if (stage.status !== 'requested') return decidedBefore(stage);
  if (!person) return { code: 'person-required' };
  if (type === 'WithdrawSettlement')
    return by === requestedBy ? undefined : { code: 'not-the-requester', requestedBy };
  if (by === requestedBy) return { code: 'approver-is-requester' };
  const mayJudge = type === 'RejectSettlement' || !evidenceBy.includes(by);
  return mayJudge ? undefined : { code: 'approver-handed-it-in' };
};

/** What happened to it, by whom and when. */
const decidedBefore = (
  stage: Exclude<SettlementStage, { readonly status: 'requested' }>,
): SettlementDecisionRefusal => {
  const { status, by, at } = stage;
  if (status === 'approved') return { code: 'settlement-approved', by, at };
  return { code: `settlement-${status}`, by, at, reason: stage.reason };
};

/** Why it can't be booked, whoever approves it. */
const barredFromBooks = (
  { creditedBy, standingAgain, isOutdated, bookedLikes }: Settlement,
  { otherThan }: ApproveSettlement,
): SettlementDecisionRefusal | undefined => {
  if (standingAgain !== null) return { code: 'settlement-stands-again', settlementId: standingAgain };
  if (creditedBy !== null) return { code: 'credit-settled', settlementId: creditedBy };
  if (isOutdated) return { code: 'batch-changed' };
  const settlementId = bookedLikes.find((like) => !otherThan.includes(like));
  return settlementId === undefined ? undefined : { code: 'settlement-looks-booked', settlementId };
};

export const decideSettlement = (
  command: SettlementCommand,
  settlement: Settlement,
): Decision<SettlementEvent, SettlementDecisionRefusal> => {
  const barred = barredFromSettling(settlement, command);
  if (barred !== undefined) return refuse(barred);
  switch (command.type) {
    case 'ApproveSettlement': {
      const { by, payloadHash } = command;
      if (payloadHash !== settlement.payloadHash) return refuse({ code: 'settlement-not-as-seen' });
      const unbookable = barredFromBooks(settlement, command);
      if (unbookable !== undefined) return refuse(unbookable);
      return accept({ type: 'SettlementApproved', by, payloadHash });
    }
    case 'RejectSettlement':
    case 'WithdrawSettlement': {
      const { type, by, reason } = command;
      const how = type === 'RejectSettlement' ? 'rejected' : 'withdrawn';
      return accept({ type: 'SettlementEnded', how, by, reason });
    }
    default:
      return assertNever(command);
  }
};
