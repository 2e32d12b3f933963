import type { Problem } from '@defter/platform';
import type { InsufficientFunds } from '../insufficient-funds.js';
import { type ChargeRefusal, intentProblems } from '../intent.problems.js';

export type RefundRefusal =
  | ChargeRefusal
  | { readonly code: 'idempotency_key_reused' }
  | InsufficientFunds
  | { readonly code: 'hold-refused'; readonly reason: string };

export const refundProblems = {
  ...intentProblems,
  idempotency_key_reused: { status: 422, title: 'Idempotency key was used for another request' },
  'insufficient-funds': { status: 422, title: 'Whoever was paid does not have the funds any more' },
  'hold-refused': { status: 422, title: 'The ledger refused the hold' },
} satisfies Record<RefundRefusal['code'], Problem>;
