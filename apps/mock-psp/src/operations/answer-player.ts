import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { HeldAnswers } from './held-answers.js';
import { operationView } from './operation.wire.js';
import type { Taken } from './operations.handler.js';

/** Gives the answer that the scenario wants. */
@Injectable()
export class AnswerPlayer {
  constructor(private readonly held: HeldAnswers) {}

  /** The body to send, or nothing after the caller was left waiting. */
  async play({ operation, step, play }: Taken, reply: FastifyReply): Promise<object | undefined> {
    if (operation === undefined || step === undefined || play.type === 'timeout-after') {
      await this.held.hold(reply);
      return undefined;
    }
    if (play.type === 'error-after') {
      void reply.code(500);
      return { title: 'Played by the scenario answer.500_after', status: 500, code: 'played-error' };
    }
    const view = operationView(operation, step);
    return play.type === 'wrong-amount' ? { ...view, amount: (operation.amountMinor + 1n).toString() } : view;
  }
}
