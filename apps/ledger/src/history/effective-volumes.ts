import { Injectable } from '@nestjs/common';
import type { BalanceAfter } from '@defter/ledger-domain';
import type { EventRecord, Outcome } from '../engine/submission.js';
import { effectOn, movedBy } from './running-balance.js';
import { VolumesAt } from './volumes-at.read.js';

/**
 * Whether the effective volumes of an answer have to be asked for. Nearly never: what takes effect when it is
 * recorded, with nothing dated in the future before it, leaves the same volumes on both clocks.
 */
export const needsEffective = (outcome: Outcome): boolean =>
  outcome.accepted &&
  outcome.record.inOrder !== true &&
  'transaction' in outcome.record.event &&
  outcome.record.event.transaction.status === 'posted';

/**
 * Volumes by effective time right after a transaction: of all that was recorded up to it, what takes effect
 * no later than it does. They follow from what is never changed, so that they need not be stored: the
 * repetition of an answer, years later, works out the same figures.
 */
@Injectable()
export class EffectiveVolumes {
  constructor(private readonly volumes: VolumesAt) {}

  /** The outcomes, with effective volumes where they have to be asked for; one statement for all of them. */
  async withEffective(ledgerId: number, outcomes: readonly Outcome[]): Promise<Outcome[]> {
    const asked = outcomes.flatMap((outcome) =>
      outcome.accepted && needsEffective(outcome) ? [outcome.record] : [],
    );
    const before = await this.volumes.volumesAt(ledgerId, 'effective', asked.flatMap(questionsOf));
    let next = 0;
    return outcomes.map((outcome) => {
      if (!outcome.accepted || !needsEffective(outcome)) return outcome;
      const { record } = outcome;
      const from = next;
      next += record.after.length;
      const effectiveAfter = record.after.map((balance, index) =>
        addMoved(record, { ...balance, ...before[from + index] }),
      );
      return { ...outcome, record: { ...record, effectiveAfter } };
    });
  }
}

/** Up to the event before: a dry run's own is never recorded. */
const questionsOf = ({ event, sequence, after }: EventRecord) => {
  const at = 'transaction' in event ? event.transaction.timestamp : '';
  return after.map(({ account, asset }) => ({ account, asset, at, tie: sequence, known: sequence - 1 }));
};

const addMoved = ({ event }: EventRecord, before: BalanceAfter): BalanceAfter => {
  let { input, output } = before;
  for (const posting of movedBy(event)) {
    if (posting.asset !== before.asset) continue;
    const effect = effectOn(before.account, posting);
    input += effect.input;
    output += effect.output;
  }
  return { ...before, input, output };
};
