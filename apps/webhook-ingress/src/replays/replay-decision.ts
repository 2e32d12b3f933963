/** The states of a job. */
export type ReplayStatus = 'proposed' | 'running' | 'paused' | 'canceled' | 'completed';

/** Why a replay isn't proposed, or a job stays as it is. */
export type ReplayRefusal =
  | { readonly code: 'nothing-to-replay' }
  | { readonly code: 'replay-too-large'; readonly limit: number }
  | { readonly code: 'replay-not-proposed'; readonly replayStatus: ReplayStatus }
  | { readonly code: 'replay-approver-is-no-person' }
  | { readonly code: 'replay-approver-is-requester' }
  | { readonly code: 'replay-not-as-shown' }
  | { readonly code: 'replay-expired' }
  | { readonly code: 'replay-not-running'; readonly replayStatus: ReplayStatus }
  | { readonly code: 'replay-not-paused'; readonly replayStatus: ReplayStatus }
  | { readonly code: 'replay-over'; readonly replayStatus: ReplayStatus };

export type Decision =
  | { readonly accepted: true; readonly status: ReplayStatus }
  | { readonly accepted: false; readonly refusal: ReplayRefusal };

export function accept(status: ReplayStatus): Decision {
  return { accepted: true, status };
}

export function refuse(refusal: ReplayRefusal): {
  readonly accepted: false;
  readonly refusal: ReplayRefusal;
} {
  return { accepted: false, refusal };
}
