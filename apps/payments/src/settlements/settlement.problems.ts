import type { SettlementApprovalRefusal } from '@defter/payments-domain';
import type { Problem } from '@defter/platform';

export type SettlementRefusal =
  | { readonly code: 'connection-unknown' }
  | { readonly code: 'person-required' }
  | { readonly code: 'currency-not-supported'; readonly currency: string }
  | { readonly code: 'settlement-reference-taken'; readonly settlementId: string };

export type ApprovalRefusal = SettlementApprovalRefusal;

export const settlementProblems = {
  'connection-unknown': { status: 422, title: 'The tenant has no such connection' },
  'currency-not-supported': { status: 422, title: 'The provider does not take this currency' },
  'settlement-reference-taken': { status: 409, title: 'The reference stands for another settlement' },
  'settlement-approved': { status: 409, title: 'The settlement is approved already' },
  'person-required': { status: 403, title: 'A person must do this' },
  'approver-is-requester': { status: 403, title: 'Whoever asked cannot approve' },
  'approver-handed-it-in': { status: 403, title: 'Whoever handed in its files cannot approve' },
  'settlement-not-as-seen': { status: 409, title: 'The hash is of something else; look again' },
  'settlement-looks-booked': {
    status: 409,
    title: 'One that is booked may be the same transfer; if it is another one, name it in other_than',
  },
} satisfies Record<(SettlementRefusal | ApprovalRefusal)['code'], Problem>;
