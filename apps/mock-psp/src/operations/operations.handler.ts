import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@defter/platform';
import type { BookEvent } from '../book/book-event.wire.js';
import { Bookkeeper } from '../bookkeeper.js';
import { BookClock } from '../book-clock.js';
import type { Config } from '../config.js';
import { type Operation, type OperationRequest, type Step, stepAt } from './operation.js';
import { decideTake, type TakeRefusal } from './take-operation.decider.js';
import type { MerchantConnection } from '../connections.js';
import { scenarioOf } from '../scenarios/scenarios.js';
import type { AnswerPlay, ScenarioRefusal } from '../scenarios/scenario.js';
import { Webhooks } from '../webhooks/webhooks.js';

/** What a call came to. Without an operation it was lost on purpose. */
export interface Taken {
  readonly accepted: true;
  readonly operation: Operation | undefined;
  readonly step: Step | undefined;
  readonly play: AnswerPlay;
}

export type TakeOutcome =
  Taken | { readonly accepted: false; readonly refusal: TakeRefusal | ScenarioRefusal };

const normal: AnswerPlay = { type: 'normal' };
/** A lost or broken answer is for the first call only; these lies are repeated, as a provider's bug is. */
const repeated: readonly AnswerPlay['type'][] = ['wrong-amount', 'wrong-currency', 'duplicate-reference'];

/** Takes operations into the book and tells how they stand. */
@Injectable()
export class Operations {
  constructor(
    private readonly bookkeeper: Bookkeeper,
    private readonly webhooks: Webhooks,
    private readonly clock: BookClock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Once per operation id; a repetition hears how the operation stands now. Durable when it resolves. */
  async take(request: OperationRequest, { rateCard }: MerchantConnection): Promise<TakeOutcome> {
    const parsed = scenarioOf(request);
    if (!parsed.accepted) return parsed;
    const { scenario, text: scenarioText } = parsed;
    const { book } = this.bookkeeper;
    const at = this.clock.now();
    const command = { request, scenario, scenarioText, rateCard, seed: this.config.seed, at };
    const decision = decideTake(command, book);
    if (!decision.accepted) return decision;
    const isFirst = decision.events.length > 0;
    if (isFirst) this.bookkeeper.checkRoom();
    for (const event of decision.events) await this.bookkeeper.record(event);
    if (!isFirst) await this.bookkeeper.settled();
    const operation = book.find(request.connectionId, request.operationId);
    const told = { accepted: true, operation } as const;
    if (operation === undefined) return { ...told, step: undefined, play: scenario.answer };
    if (isFirst) this.expect(operation, decision.events);
    const play = isFirst || repeated.includes(scenario.answer.type) ? scenario.answer : normal;
    return { ...told, step: stepAt(operation, at), play };
  }

  /** The webhooks of what was taken, and of what it ended. */
  private expect(operation: Operation, events: readonly BookEvent[]): void {
    this.webhooks.expect(operation);
    for (const event of events.filter(isReplanned)) this.webhooks.expect(event);
  }

  /** The operation and its present step, or undefined. */
  async find(
    connectionId: string,
    operationId: string,
  ): Promise<{ operation: Operation; step: Step } | undefined> {
    await this.bookkeeper.settled();
    const operation = this.bookkeeper.book.find(connectionId, operationId);
    return operation && { operation, step: stepAt(operation, this.clock.now()) };
  }
}

const isReplanned = (event: BookEvent): event is Extract<BookEvent, { type: 'PlanChanged' }> =>
  event.type === 'PlanChanged';
