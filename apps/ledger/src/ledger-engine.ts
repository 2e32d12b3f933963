import { Injectable } from '@nestjs/common';
import type { LedgerCommand } from '@defter/ledger-domain';
import { type Caller, ProblemException } from '@defter/platform';
import { answer } from './answer.js';
import { CardGuard, type CardPlaces, haveSuspects } from './card-guard.js';
import { cardNumberAt } from './card-numbers.js';
import type { EventRecord, GroupMode, Outcome, Submission } from './engine/submission.js';
import { Writers } from './engine/writers.js';
import { EffectiveVolumes, needsEffective } from './history/effective-volumes.js';
import { requestProblems } from './ledger.problems.js';
import type { LedgerRequest } from './ledger-request.js';
import { Ledgers } from './ledgers/ledgers.js';
import { expectRecordable } from './recordable.js';

/** A tenant's ledger by its name. */
export interface Address {
  readonly tenantId: string;
  readonly ledger: string;
}

/** How the submissions of a call stand together. */
export interface Terms {
  readonly mode: GroupMode;
  readonly dryRun: boolean;
  readonly sharesKey?: boolean;
  /** They are the elements of one body; errors name the place of theirs. */
  readonly areElements?: boolean;
}

/** The one way into the engine, for REST, gRPC and Kafka alike. */
@Injectable()
export class LedgerEngine {
  constructor(
    private readonly ledgers: Ledgers,
    private readonly writers: Writers,
    private readonly effective: EffectiveVolumes,
    private readonly cards: CardGuard,
  ) {}

  /**
   * Submits one command; answers after its commit. @throws ProblemException `ledger-not-found`; @throws Fault
   */
  async submit(address: Address, submission: Submission, dryRun = false): Promise<Outcome> {
    const [outcome] = await this.submitAll(address, [submission], { mode: 'continue', dryRun });
    if (outcome === undefined) throw new Error('The engine gave no outcome');
    return outcome;
  }

  /**
   * Submits several commands; outcomes are in their order.
   * @throws ProblemException `malformed` for what holds a card number, and then none was decided
   */
  async submitAll(
    { tenantId, ledger }: Address,
    submissions: readonly Submission[],
    { areElements = false, ...terms }: Terms,
  ): Promise<readonly Outcome[]> {
    for (const { command } of submissions) expectRecordable(command);
    const { ledgerId } = await this.ledgers.find(tenantId, ledger);
    if (haveSuspects(submissions)) {
      refuseFirst(await this.cards.newCardsIn(ledgerId, submissions), submissions, areElements);
    }
    return this.writers.submit(ledgerId, { submissions, ...terms });
  }

  /**
   * Submits commands of which each stands by itself: one that holds a card number has its problem in the
   * place of its outcome, and the others are decided. @throws ProblemException for what concerns them all
   */
  async submitEach(
    address: Address,
    submissions: readonly Submission[],
  ): Promise<readonly (Outcome | ProblemException)[]> {
    const terms = { mode: 'continue', dryRun: false } as const;
    if (!haveSuspects(submissions)) return this.submitAll(address, submissions, terms);
    const { ledgerId } = await this.ledgers.find(address.tenantId, address.ledger);
    const refused = await this.cards.newCardsIn(ledgerId, submissions);
    const taken = submissions.filter((_, index) => !refused.has(index));
    const outcomes = taken.length === 0 ? [] : await this.submitAll(address, taken, terms);
    const inOrder = outcomes.values();
    return submissions.map((_, index) => {
      const place = refused.get(index);
      if (place !== undefined) return cardNumberAt(place);
      const { value } = inOrder.next();
      if (value === undefined) throw new Error('The engine gave no outcome');
      return value;
    });
  }

  /** As `submitAll`, with the volumes by effective time that answers over REST show. */
  async submitShown(
    address: Address,
    submissions: readonly Submission[],
    terms: Terms,
  ): Promise<readonly Outcome[]> {
    const outcomes = await this.submitAll(address, submissions, terms);
    if (!outcomes.some(needsEffective)) return outcomes;
    const { ledgerId } = await this.ledgers.find(address.tenantId, address.ledger);
    return this.effective.withEffective(ledgerId, outcomes);
  }

  /**
   * A REST write of one command, from the permission to the answer. `dryRun` and `force` are those of the
   * query.
   */
  async write<V>(
    request: LedgerRequest,
    command: LedgerCommand,
    view: (record: EventRecord) => V,
  ): Promise<{ data: V }> {
    const { key } = request;
    const submission = { command, ...(key === undefined ? {} : { key }) };
    refuseForceWithout(request.caller, [submission]);
    const terms = { mode: 'continue', dryRun: request.flag('dryRun') } as const;
    const [outcome] = await this.submitShown(request.address, [submission], terms);
    if (outcome === undefined) throw new Error('The engine gave no outcome');
    request.mark(outcome, terms.dryRun);
    return answer(outcome, view);
  }
}

/** @throws ProblemException `malformed` where the first card number is */
const refuseFirst = (found: CardPlaces, submissions: readonly Submission[], areElements: boolean): void => {
  for (const [index, place] of found) {
    // The key of a whole bulk is in the header still.
    const isOfAll = place[0] === 'header' && submissions[index]?.context !== undefined;
    throw cardNumberAt(areElements && !isOfAll ? ['body', index, ...place.slice(1)] : place);
  }
};

/** Skipping the funds check needs its own scope. @throws ProblemException `force-not-allowed` */
export const refuseForceWithout = (caller: Caller, submissions: readonly Submission[]): void => {
  if (caller.scopes.includes('ledger:force')) return;
  if (submissions.some(({ command }) => 'force' in command && command.force)) {
    const detail = 'The key needs the scope ledger:force';
    throw new ProblemException('force-not-allowed', requestProblems['force-not-allowed'], detail);
  }
};
