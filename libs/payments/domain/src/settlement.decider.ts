/**
 * Decides about a settlement, money that a provider has transferred to the bank:
 *
 *     requested → approved (booked)
 *
 * Two people: whoever asked can't approve, nor whoever handed in the files that it follows from, and what is
 * approved is exactly what was seen. What looks like a transfer that is booked already is approved only by
 * naming that one: one transfer under two names would be booked twice. What reconciliation asks for is
 * decided in batch-settlement.decider.ts.
 */
import { accept, type Decision, refuse } from '@defter/kernel';

export interface Settlement {
  readonly requestedBy: string;
  /** Digest of all that an approver decides about. */
  readonly payloadHash: string;
  readonly isApproved: boolean;
  /** Who handed in the files that it follows from. */
  readonly evidenceBy: readonly string[];
  /** Settlements that are booked and may be the same transfer under another name. */
  readonly bookedLikes: readonly string[];
}

export interface ApproveSettlement {
  readonly by: string;
  readonly person: boolean;
  /** Of what the approver saw. */
  readonly payloadHash: string;
  /** Settlements that look the same, and that the approver knows to be of other transfers. */
  readonly otherThan: readonly string[];
}

export interface SettlementApproved {
  readonly type: 'SettlementApproved';
  readonly by: string;
  readonly payloadHash: string;
}

export type SettlementApprovalRefusal =
  | { readonly code: 'settlement-approved' }
  | { readonly code: 'person-required' }
  | { readonly code: 'approver-is-requester' }
  | { readonly code: 'approver-handed-it-in' }
  | { readonly code: 'settlement-not-as-seen' }
  | { readonly code: 'settlement-looks-booked'; readonly settlementId: string };

/** Why this person can't approve the settlement as it is; undefined when they can. */
export const barredFromSettling = (
  { isApproved, requestedBy, evidenceBy }: Omit<Settlement, 'bookedLikes'>,
  { by, person }: Pick<ApproveSettlement, 'by' | 'person'>,
): SettlementApprovalRefusal | undefined => {
  if (isApproved) return { code: 'settlement-approved' };
  if (!person) return { code: 'person-required' };
  if (by === requestedBy) return { code: 'approver-is-requester' };
  return evidenceBy.includes(by) ? { code: 'approver-handed-it-in' } : undefined;
};

export const approveSettlement = (
  command: ApproveSettlement,
  settlement: Settlement,
): Decision<SettlementApproved, SettlementApprovalRefusal> => {
  const barred = barredFromSettling(settlement, command);
  if (barred !== undefined) return refuse(barred);
  const { by, payloadHash, otherThan } = command;
  if (payloadHash !== settlement.payloadHash) return refuse({ code: 'settlement-not-as-seen' });
  const settlementId = settlement.bookedLikes.find((like) => !otherThan.includes(like));
  if (settlementId !== undefined) return refuse({ code: 'settlement-looks-booked', settlementId });
  return accept({ type: 'SettlementApproved', by, payloadHash });
};
