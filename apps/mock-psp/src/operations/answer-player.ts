import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { BookClock } from '../book-clock.js';
import { Bookkeeper } from '../bookkeeper.js';
import { ChallengeAddress } from './challenge-address.js';
import { HeldAnswers } from './held-answers.js';
import { currencies, type Operation } from './operation.js';
import { operationView } from './operation.wire.js';
import type { Taken } from './operations.handler.js';

type View = ReturnType<typeof operationView>;

/** Gives the answer that the scenario wants. */
@Injectable()
export class AnswerPlayer {
  constructor(
    private readonly held: HeldAnswers,
    private readonly clock: BookClock,
    private readonly addresses: ChallengeAddress,
    private readonly bookkeeper: Bookkeeper,
  ) {}

  /** The body to send, or nothing after the caller was left waiting. */
  async play({ operation, step, play }: Taken, reply: FastifyReply): Promise<object | undefined> {
    if (operation === undefined || step === undefined || play.type === 'timeout-after') {
      await this.held.hold(reply);
      return undefined;
    }
    const view = operationView(operation, step, this.addresses.of(reply.request));
    switch (play.type) {
      case 'normal':
      case 'timeout-before':
        return view;
      case 'delay':
        await this.clock.pass(play.ms, this.held.goneOf(reply));
        return view;
      case 'error-after':
        void reply.code(500);
        return { title: 'Played by the scenario answer=500_after', status: 500, code: 'played-error' };
      case 'malformed':
        return this.breakOff(view, reply);
      case 'wrong-amount':
        return { ...view, amount: (operation.approvedMinor + 1n).toString() };
      case 'wrong-currency':
        return { ...view, currency: currencies.find((other) => other !== view.currency) };
      case 'duplicate-reference':
        return { ...view, id: this.referenceBefore(operation) };
    }
  }

  /** Half of the right answer, with the right status and a fitting length: only reading shows the damage. */
  private breakOff(view: View, reply: FastifyReply): undefined {
    const whole = JSON.stringify(view);
    const half = whole.slice(0, Math.floor(whole.length / 2));
    reply.hijack();
    reply.raw.writeHead(201, { 'content-type': 'application/json', 'content-length': half.length });
    reply.raw.end(half);
    return undefined;
  }

  private referenceBefore({ connectionId, operationId }: Operation): string {
    const siblings = this.bookkeeper.book.operationsOf(connectionId);
    const index = siblings.findIndex((each) => each.operationId === operationId);
    return siblings[index - 1]?.providerRef ?? 'mp_duplicate';
  }
}
