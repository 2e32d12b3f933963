import type { Problem } from '@defter/platform';

/** Why a replay doesn't begin, or can't be canceled. */
export type ReplayRefusal =
  | { readonly code: 'endpoint-disabled' }
  | { readonly code: 'replay-running'; readonly replay_id: string }
  | { readonly code: 'replay-ended'; readonly state: string };

/** How these appear over HTTP. */
export const replayProblems = {
  'endpoint-disabled': { status: 409, title: 'The endpoint is disabled' },
  'replay-running': { status: 409, title: 'Another replay of this endpoint is running' },
  'replay-ended': { status: 409, title: 'The replay has ended' },
} satisfies Record<ReplayRefusal['code'], Problem>;
