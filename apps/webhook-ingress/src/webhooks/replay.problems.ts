import type { Problem } from '@defter/platform';

/** Why a stored request isn't published again. */
export type ReplayRefusal =
  | { readonly code: 'provider-not-installed'; readonly provider: string }
  | { readonly code: 'webhook-still-unreadable'; readonly reason: string }
  | { readonly code: 'nothing-to-replay' };

/** How these appear over HTTP. */
export const replayProblems = {
  'provider-not-installed': { status: 409, title: 'The provider is not installed any more' },
  'webhook-still-unreadable': { status: 409, title: 'The webhook still cannot be read' },
  'nothing-to-replay': { status: 409, title: 'The webhook has no event that may be published' },
} satisfies Record<ReplayRefusal['code'], Problem>;
