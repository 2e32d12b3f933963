import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, notFound } from '@defter/platform';
import { Bookkeeper } from '../bookkeeper.js';
import { BookClock } from '../book-clock.js';
import type { Config } from '../config.js';
import { type Operation, type Step, stepAt } from '../operations/operation.js';
import { plainScenario } from '../scenarios/scenario.js';
import { parseScenario } from '../scenarios/scenarios.js';
import { Webhooks } from '../webhooks/webhooks.js';
import { decideChallenge } from './answer-challenge.decider.js';

/** A challenge as its page shows it. */
export interface Challenge {
  readonly id: string;
  readonly operation: Operation;
  readonly step: Step;
}

/** The steps that payers take at the provider. */
@Injectable()
export class Challenges {
  constructor(
    private readonly bookkeeper: Bookkeeper,
    private readonly webhooks: Webhooks,
    private readonly clock: BookClock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws ProblemException 404 when there is none of that name */
  async find(id: string): Promise<Challenge> {
    await this.bookkeeper.settled();
    const operation = this.bookkeeper.book.findByChallenge(id);
    if (operation === undefined) throw notFound('There is no such challenge');
    return { id, operation, step: stepAt(operation, this.clock.now()) };
  }

  /**
   * Settles it, unless that has happened already: pressing twice, or a second button, changes nothing.
   * Durable when it resolves. @throws ProblemException 404 when there is none of that name
   */
  async answer(id: string, answer: 'approve' | 'decline'): Promise<Challenge> {
    const { operation } = await this.find(id);
    const parsed =
      operation.kind === 'dispute' ? undefined : parseScenario(operation.kind, operation.scenario);
    const scenario = parsed?.accepted === true ? parsed.scenario : plainScenario;
    const command = { answer, scenario, seed: this.config.seed, at: this.clock.now() };
    const decision = decideChallenge(command, operation);
    if (decision.accepted) {
      for (const event of decision.events) {
        await this.bookkeeper.record(event);
        this.webhooks.expect(event);
      }
    }
    return this.find(id);
  }
}
