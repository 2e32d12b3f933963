/**
 * Decides about a settlement, money that a provider has transferred to the bank:
 *
 *     requested → approved (booked)
 *
 * Two people: whoever asked can't approve, nor whoever handed in the files that it follows from, and what is
 * approved is exactly what was seen. What reconciliation asks for is decided in batch-settlement.decider.ts.
 */
import { accept, type Decision, refuse } from '@defter/kernel';

export interface Settlement {
  readonly requestedBy: string;
  /** Digest of all that an approver decides about. */
  readonly payloadHash: string;
  readonly isApproved: boolean;
  /** Who handed in the files that it follows from. */
  readonly evidenceBy: readonly string[];
}

export interface ApproveSettlement {
  readonly by: string;
  readonly person: boolean;
  /** Of what the approver saw. */
  readonly payloadHash: string;
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
  | { readonly code: 'settlement-not-as-seen' };

/** Why this person can't approve the settlement as it is; undefined when they can. */
export const barredFromSettling = (
  { isApproved, requestedBy, evidenceBy }: Settlement,
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
  const { by, payloadHash } = command;
  if (payloadHash !== settlement.payloadHash) return refuse({ code: 'settlement-not-as-seen' });
  return accept({ type: 'SettlementApproved', by, payloadHash });
};
