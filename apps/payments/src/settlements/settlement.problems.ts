import type { SettlementApprovalRefusal } from '@defter/payments-domain';
import type { Problem } from '@defter/platform';

export type SettlementRefusal =
  | { readonly code: 'connection-unknown' }
  | { readonly code: 'person-required' }
  | { readonly code: 'settlement-reference-taken'; readonly settlementId: string };

export type ApprovalRefusal = SettlementApprovalRefusal;

export const settlementProblems = {
  'connection-unknown': { status: 422, title: 'The tenant has no such connection' },
  'settlement-reference-taken': { status: 409, title: 'The reference stands for another settlement' },
  'settlement-approved': { status: 409, title: 'The settlement is approved already' },
  'person-required': { status: 403, title: 'A person must do this' },
  'approver-is-requester': { status: 403, title: 'Whoever asked cannot approve' },
  'approver-handed-it-in': { status: 403, title: 'Whoever handed in its files cannot approve' },
  'settlement-not-as-seen': { status: 409, title: 'The hash is of something else; look again' },
} satisfies Record<(SettlementRefusal | ApprovalRefusal)['code'], Problem>;
