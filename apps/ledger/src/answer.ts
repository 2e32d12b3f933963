import { RefusedException } from '@defter/platform';
import type { EventRecord, Outcome } from './engine/submission.js';
import { refusalProblems } from './ledger.problems.js';

/** A refusal as it is shown: a sentence, its members beside the code, and these as text. */
export interface RefusalView {
  readonly detail: string;
  readonly members: Readonly<Record<string, unknown>>;
  /** Absent when there are no members. The published client reads `details` as text and nothing else. */
  readonly details?: string;
}

/** Says a refusal in words and data. */
export const refusalView = ({ refusal }: Extract<Outcome, { accepted: false }>): RefusalView => {
  const { code, ...members } = refusal;
  // By name: a refusal that was kept comes back from the database in another order.
  const sorted = Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1));
  const listed = sorted.map(
    ([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : value}`,
  );
  const details = listed.join('; ');
  const { title } = refusalProblems[code];
  return listed.length === 0
    ? { detail: title, members }
    : { detail: `${title}: ${details}`, members: Object.fromEntries(sorted), details };
};

/** The view of what was accepted under `data`, or the refusal as its problem. */
export const answer = <V>(outcome: Outcome, toView: (record: EventRecord) => V): { data: V } => {
  if (!outcome.accepted) {
    const { code } = outcome.refusal;
    const { detail, members, details } = refusalView(outcome);
    const extras = { ...members, ...(details === undefined ? {} : { details }) };
    throw new RefusedException(code, refusalProblems[code], detail, extras);
  }
  return { data: toView(outcome.record) };
};
