import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type LedgerCommandV1, type LedgerRefusalV1, LedgerTopics } from '@defter/ledger-contracts';
import { Database, enqueue, ProblemException, type ReceivedMessage, sqlStateOf } from '@defter/platform';
import { refusalDetails } from '../answer.js';
import type { Outcome } from '../engine/submission.js';
import { LedgerEngine } from '../ledger-engine.js';
import { toLedgerCommand } from './ledger-command.wire.js';

const UNIQUE_VIOLATION = '23505';

type Message = ReceivedMessage<LedgerCommandV1>;

/**
 * Commands from Kafka: a batch of messages meets in as few commits as the engine can make of it. A command's
 * message id is its idempotency key, so a batch that is delivered again has its effect once; offsets move
 * after the commits.
 */
@Controller()
export class OnLedgerCommandConsumer {
  constructor(
    private readonly engine: LedgerEngine,
    private readonly database: Database,
  ) {}

  @EventPattern(LedgerTopics.commands.name, undefined, { mode: 'batch' })
  async handle(@Payload() messages: readonly Message[]): Promise<void> {
    const settled = await Promise.allSettled(messages.map((message) => this.submit(message)));
    const failed = settled.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  private async submit(message: Message): Promise<void> {
    const { id, tenantId, body } = message;
    try {
      const address = { tenantId, ledger: body.ledger };
      const outcome = await this.engine.submit(address, { command: toLedgerCommand(body), key: id });
      if (!outcome.accepted) await this.publish(message, outcome.refusal.code, detailOf(outcome));
    } catch (error) {
      // A command that no ledger can take: its sender must hear so, and the others behind it must not wait.
      if (!(error instanceof ProblemException)) throw error;
      await this.publish(message, error.code, error.message);
    }
  }

  /** Queues the refusal once: its id comes from the command's. */
  private async publish({ id, tenantId, body, key }: Message, code: string, detail: string): Promise<void> {
    const refusal: LedgerRefusalV1 = {
      ledger: body.ledger,
      commandId: id,
      commandType: body.type,
      code,
      detail,
    };
    const message = {
      tenantId,
      topic: LedgerTopics.refusals.name,
      key,
      type: 'CommandRefused',
      id: `${id}:refused`,
    };
    try {
      await this.database.transaction((tx) => enqueue(tx, [{ ...message, body: refusal }]));
    } catch (error) {
      if (sqlStateOf(error) !== UNIQUE_VIOLATION) throw error;
    }
  }
}

const detailOf = (outcome: Extract<Outcome, { accepted: false }>): string => refusalDetails(outcome).detail;
