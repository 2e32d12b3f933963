import { accept, type Decision, refuse } from '@defter/kernel';
import type { BookEvent } from '../book/book-event.wire.js';
import { type Operation, stepAt } from '../operations/operation.js';
import { afterChallenge } from '../operations/plan.js';
import type { Scenario } from '../scenarios/scenario.js';

/**
 * pending → succeeded | declined, once, while the challenge is open. Walking away changes nothing: the
 * operation stays as it is until its time is over.
 */
export interface AnswerChallenge {
  readonly answer: 'approve' | 'decline';
  readonly scenario: Scenario;
  readonly seed: string;
  readonly at: Date;
}

export type ChallengeRefusal = { readonly code: 'challenge-over'; readonly status: string };

export type PlanChanged = Extract<BookEvent, { readonly type: 'PlanChanged' }>;

export function decideChallenge(
  { answer, scenario, seed, at }: AnswerChallenge,
  operation: Operation,
): Decision<PlanChanged, ChallengeRefusal> {
  const { connectionId, operationId, kind, takenAt } = operation;
  const { status } = stepAt(operation, at);
  if (status !== 'pending' || kind === 'dispute') return refuse({ code: 'challenge-over', status });
  const planned = { connectionId, operationId, kind, seed, before: [] };
  const because = answer === 'approve' ? 'challenge-approved' : 'challenge-declined';
  return accept({
    ...{ type: 'PlanChanged', connectionId, operationId, because, at: at.toISOString() },
    ...afterChallenge(planned, scenario, { answer, takenAt, at }),
  });
}
