import { accept, type Decision, refuse } from '@defter/kernel';
import type { BookEvent } from '../book/book-event.wire.js';
import { deliveriesOf } from '../deliveries.js';
import { type Operation, type Step, stepAt } from '../operations/operation.js';
import type { Scenario } from '../scenarios/scenario.js';

/**
 * pending → succeeded | declined, once, while the challenge is open. Walking away changes nothing: the
 * operation stays as it is until its time is over, or the merchant voids it (take-operation.decider.ts).
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
  const instant = at.toISOString();
  const last: Step =
    answer === 'approve'
      ? { status: 'succeeded', at: instant }
      : { status: 'declined', at: instant, declineCode: 'authentication_failed' };
  const steps: readonly Step[] = [{ status: 'pending', at: takenAt }, last];
  const travelling = { connectionId, operationId, kind, seed, before: [] };
  const deliveries = deliveriesOf(travelling, scenario.webhook, steps);
  const because = answer === 'approve' ? 'challenge-approved' : 'challenge-declined';
  const named = { connectionId, operationId, because } as const;
  return accept({ type: 'PlanChanged', ...named, at: instant, steps, deliveries });
}
