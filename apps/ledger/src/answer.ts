import { respond } from '@defter/platform';
import type { EventRecord, Outcome } from './engine/submission.js';
import { refusalProblems } from './ledger.problems.js';

type Extras = Readonly<Record<string, unknown>>;

/** The members of a refusal beside its code, in the form in which they are shown. */
export const refusalDetails = (
  outcome: Extract<Outcome, { accepted: false }>,
): { detail: string; details: Extras } => {
  const { code, ...details } = outcome.refusal;
  const listed = Object.entries(details).map(
    ([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
  return { detail: [refusalProblems[code].title, ...listed].join('; '), details };
};

/** The view of what was accepted under `data`, or the refusal as its problem. */
export const answer = <V>(outcome: Outcome, toView: (record: EventRecord) => V): { data: V } => {
  if (!outcome.accepted) {
    const { details } = refusalDetails(outcome);
    const refusal = { ...outcome.refusal, details };
    return respond({ accepted: false as const, refusal }, refusalProblems, () => undefined as never);
  }
  return { data: toView(outcome.record) };
};
