import { accept, type Decision, refuse, type ReplayStatus } from './replay-decision.js';

/*
 * proposed ─approve→ running ⇄ paused
 *     └─────cancel──────┴────────┴→ canceled          running ─(last item)→ completed
 */

/** A job, as far as it matters who may do what. */
export interface Replay {
  readonly status: ReplayStatus;
  readonly requestedBy: string;
  readonly selectionHash: string;
  readonly expiresAt: Date;
}

/** What people can do with a job. */
export type ReplayCommand =
  | {
      readonly type: 'ApproveReplay';
      readonly by: string;
      readonly isPerson: boolean;
      readonly selectionHash: string;
      readonly at: Date;
    }
  | { readonly type: 'PauseReplay' | 'ResumeReplay' | 'CancelReplay' };

/** The status after it, or why not. */
export function decide(command: ReplayCommand, replay: Replay): Decision {
  const { status } = replay;
  switch (command.type) {
    case 'ApproveReplay': {
      if (status !== 'proposed') return refuse({ code: 'replay-not-proposed', replayStatus: status });
      if (!command.isPerson) return refuse({ code: 'replay-approver-is-no-person' });
      if (command.by === replay.requestedBy) return refuse({ code: 'replay-approver-is-requester' });
      if (command.selectionHash !== replay.selectionHash) return refuse({ code: 'replay-not-as-shown' });
      if (command.at.getTime() >= replay.expiresAt.getTime()) return refuse({ code: 'replay-expired' });
      return accept('running');
    }
    case 'PauseReplay':
      if (status !== 'running') return refuse({ code: 'replay-not-running', replayStatus: status });
      return accept('paused');
    case 'ResumeReplay':
      if (status !== 'paused') return refuse({ code: 'replay-not-paused', replayStatus: status });
      return accept('running');
    case 'CancelReplay':
      if (status === 'canceled' || status === 'completed')
        return refuse({ code: 'replay-over', replayStatus: status });
      return accept('canceled');
  }
}
