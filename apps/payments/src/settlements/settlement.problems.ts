import type { Problem } from '@defter/platform';

export type SettlementRefusal =
  | { readonly code: 'connection-unknown' }
  | { readonly code: 'settlement-reference-taken'; readonly settlementId: string };

export const settlementProblems = {
  'connection-unknown': { status: 422, title: 'The tenant has no such connection' },
  'settlement-reference-taken': { status: 409, title: 'The reference stands for another settlement' },
} satisfies Record<SettlementRefusal['code'], Problem>;
