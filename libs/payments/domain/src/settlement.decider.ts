/**
 * Decides about a settlement, money that a provider has transferred to the bank:
 *
 *     requested → approved (booked)
 *
 * Two people: whoever asked can't approve, and what is approved is exactly what was seen.
 */
import { accept, type Decision, refuse } from '@defter/kernel';

export interface Settlement {
  readonly requestedBy: string;
  /** Digest of all that an approver decides about. */
  readonly payloadHash: string;
  readonly isApproved: boolean;
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
  | { readonly code: 'settlement-not-as-seen' };

/** Why this person can't approve the settlement as it is; undefined when they can. */
export const barredFromSettling = (
  { isApproved, requestedBy }: Settlement,
  { by, person }: Pick<ApproveSettlement, 'by' | 'person'>,
): SettlementApprovalRefusal | undefined => {
  if (isApproved) return { code: 'settlement-approved' };
  if (!person) return { code: 'person-required' };
  return by === requestedBy ? { code: 'approver-is-requester' } : undefined;
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
