import type { SettlementDecisionRefusal } from '@defter/payments-domain';
import type { Problem } from '@defter/platform';

export type SettlementRefusal =
  | { readonly code: 'connection-unknown' }
  | { readonly code: 'person-required' }
  | { readonly code: 'currency-not-supported'; readonly currency: string }
  | { readonly code: 'settlement-reference-taken'; readonly settlementId: string }
  | { readonly code: 'credit-settled'; readonly settlementId: string }
  | { readonly code: 'settlement-stands-again'; readonly settlementId: string }
  | { readonly code: 'batch-net-differs'; readonly netMinor: bigint };

export const settlementProblems = {
  'connection-unknown': { status: 422, title: 'The tenant has no such connection' },
  'currency-not-supported': { status: 422, title: 'The provider does not take this currency' },
  'settlement-reference-taken': { status: 409, title: 'The reference stands for another settlement' },
  'settlement-approved': {
    status: 409,
    title: 'The settlement is approved already; by and at say by whom and when',
  },
  'settlement-rejected': { status: 409, title: 'The settlement was rejected; by, at and reason say more' },
  'settlement-withdrawn': { status: 409, title: 'The settlement was withdrawn; by, at and reason say more' },
  'settlement-refused': { status: 409, title: 'The ledger refused its booking; at and reason say more' },
  'settlement-reverted': {
    status: 409,
    title: 'Its booking was reverted in the ledger; reason says by which transaction',
  },
  'not-the-requester': {
    status: 403,
    title: 'Only whoever asked can withdraw it; another person rejects it',
  },
  'person-required': { status: 403, title: 'A person must do this' },
  'approver-is-requester': {
    status: 403,
    title: 'Whoever asked cannot decide about it; they may withdraw it',
  },
  'approver-handed-it-in': { status: 403, title: 'Whoever handed in its files cannot approve' },
  'settlement-not-as-seen': { status: 409, title: 'The hash is of something else; look again' },
  'credit-settled': {
    status: 409,
    title: 'What the bank credited for it is in another settlement, settlementId',
  },
  'settlement-stands-again': {
    status: 409,
    title: 'Its reverted settlement stands in the books again, settlementId; nothing is booked in its place',
  },
  'batch-net-differs': { status: 409, title: 'The batch has paid another amount, netMinor' },
  'batch-changed': {
    status: 409,
    title: 'The batch has other figures by now; whoever asked withdraws it and asks anew',
  },
  'settlement-looks-booked': {
    status: 409,
    title: 'One that is booked may be the same transfer; if it is another one, name it in other_than',
  },
} satisfies Record<(SettlementRefusal | SettlementDecisionRefusal)['code'], Problem>;
