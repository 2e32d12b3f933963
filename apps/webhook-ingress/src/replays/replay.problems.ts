import type { Problem } from '@defter/platform';
import type { ReplayRefusal } from './replay-decision.js';

/** How refusals of replays appear over HTTP. */
export const replayProblems = {
  'nothing-to-replay': { status: 409, title: 'Nothing of the selection would be sent again' },
  'replay-too-large': { status: 409, title: 'The selection is too large for one replay' },
  'replay-not-proposed': { status: 409, title: 'The replay is not waiting for an approval' },
  'replay-approver-is-no-person': { status: 403, title: 'Only a person can approve a replay' },
  'replay-approver-is-requester': { status: 403, title: 'The person who asked cannot approve' },
  'replay-not-as-shown': { status: 409, title: 'The hash is not that of the selection that was shown' },
  'replay-expired': { status: 409, title: 'The proposal is too old to be approved' },
  'replay-not-running': { status: 409, title: 'The replay is not running' },
  'replay-not-paused': { status: 409, title: 'The replay is not paused' },
  'replay-over': { status: 409, title: 'The replay is over' },
} satisfies Record<ReplayRefusal['code'], Problem>;
