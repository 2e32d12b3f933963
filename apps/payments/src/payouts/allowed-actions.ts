import {
  barredFromApproving,
  type ExistingPayout,
  isCancelable,
  isHoldable,
  isResolvable,
  isRetryable,
  isReviewable,
  type PayoutRefusal,
} from '@defter/payments-domain';
import { actionKey, type Caller } from '@defter/platform';
import { payoutProblems } from './payout.problems.js';

/** A button: whether this caller may press it, why not, and the key that makes pressing twice one action. */
export interface AllowedAction {
  readonly action: ActionName;
  readonly allowed: boolean;
  readonly reason: string | null;
  readonly idempotency_key: string;
}

type ActionName =
  'approve' | 'reject' | 'review' | 'hold' | 'release' | 'edit' | 'cancel' | 'retry' | 'resolve';

interface Rule {
  readonly scope: string;
  /** Why nobody, or not this caller, can do it now; null when they can. */
  readonly barred: (payout: ExistingPayout, caller: Caller) => string | null;
}

const unless = (isPossible: (payout: ExistingPayout) => boolean, code: PayoutRefusal['code']) => ({
  scope: 'payouts:approve',
  barred: (payout: ExistingPayout) => (isPossible(payout) ? null : payoutProblems[code].title),
});

const RULES: Readonly<Record<ActionName, Rule>> = {
  approve: {
    scope: 'payouts:approve',
    barred: (payout, { actor: by, kind }) =>
      titleOf(barredFromApproving(payout, { by, person: kind === 'person' })),
  },
  reject: unless(isReviewable, 'payout-not-in-review'),
  review: {
    scope: 'payouts:approve',
    barred: (payout, { actor, kind }) => {
      if (!isReviewable(payout)) return payoutProblems['payout-not-in-review'].title;
      if (kind !== 'person') return payoutProblems['person-required'].title;
      return actor === payout.requestedBy ? payoutProblems['assignee-is-requester'].title : null;
    },
  },
  hold: unless(isHoldable, 'payout-not-holdable'),
  release: unless(({ status }) => status === 'on_hold', 'payout-not-on-hold'),
  edit: { ...unless(isReviewable, 'payout-not-editable'), scope: 'payouts:request' },
  cancel: unless(isCancelable, 'payout-not-cancelable'),
  retry: unless(isRetryable, 'payout-not-retryable'),
  resolve: unless(isResolvable, 'payout-not-resolvable'),
};

const titleOf = (refusal: PayoutRefusal | undefined): string | null =>
  refusal === undefined ? null : payoutProblems[refusal.code].title;

/** All buttons of a payout, for this caller. */
export const allowedActions = (
  payout: ExistingPayout,
  version: bigint,
  caller: Caller,
): readonly AllowedAction[] =>
  (Object.entries(RULES) as [ActionName, Rule][]).map(([action, { scope, barred }]) => {
    const reason = caller.scopes.includes(scope)
      ? barred(payout, caller)
      : `The key needs the scope ${scope}`;
    const key = actionKey({ action, id: payout.payoutId, version }, caller);
    return { action, allowed: reason === null, reason, idempotency_key: key };
  });
