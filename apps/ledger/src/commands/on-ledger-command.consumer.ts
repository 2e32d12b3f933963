import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { type LedgerCommandV1, type LedgerRefusalV1, LedgerTopics } from '@defter/ledger-contracts';
import {
  CrashPoints,
  Database,
  enqueue,
  ProblemException,
  type ReceivedMessage,
  sqlStateOf,
} from '@defter/platform';
import { refusalView } from '../answer.js';
import type { CrashPoint } from '../crash-points.js';
import type { Outcome, Submission } from '../engine/submission.js';
import { LedgerEngine } from '../ledger-engine.js';
import { toKey } from '../ledger-request.js';
import { expectRecordable } from '../recordable.js';
import { toLedgerCommand } from './ledger-command.wire.js';

const UNIQUE_VIOLATION = '23505';

/**
 * Payments looks for card numbers at its own edge. What it books has happened already, also for a customer
 * whose name counts as one only since: refused, money that was taken would stand in nobody's wallet.
 */
const VOUCHING = 'payments';

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
    private readonly crash: CrashPoints<CrashPoint>,
  ) {}

  @EventPattern(LedgerTopics.commands.name, undefined, { mode: 'batch' })
  async handle(@Payload() messages: readonly Message[]): Promise<void> {
    const ledgers = new Map<string, Message[]>();
    for (const message of messages) {
      const name = `${message.tenantId}/${message.body.ledger}`;
      ledgers.set(name, [...(ledgers.get(name) ?? []), message]);
    }
    const settled = await Promise.allSettled([...ledgers.values()].map((group) => this.submit(group)));
    const failed = settled.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    this.crash.reach('command.after-apply');
  }

  /** The commands of one ledger, decided in the order in which they came, in one submission. */
  private async submit(messages: readonly Message[]): Promise<void> {
    const accepted: { message: Message; submission: Submission }[] = [];
    for (const message of messages) {
      try {
        accepted.push({ message, submission: toSubmission(message) });
      } catch (error) {
        await this.refuse(message, error);
      }
    }
    const [first] = accepted;
    if (first === undefined) return;
    const address = { tenantId: first.message.tenantId, ledger: first.message.body.ledger };
    const submissions = accepted.map(({ submission }) => submission);
    try {
      const outcomes = await this.engine.submitEach(address, submissions);
      for (const [index, { message }] of accepted.entries()) await this.answer(message, outcomes[index]);
    } catch (error) {
      for (const { message } of accepted) await this.refuse(message, error);
    }
  }

  /** What was accepted is told by its event. */
  private async answer(message: Message, outcome: Outcome | ProblemException | undefined): Promise<void> {
    if (outcome === undefined) throw new Error('The engine gave no outcome');
    if (outcome instanceof ProblemException) return this.refuse(message, outcome);
    if (outcome.accepted) return;
    await this.publish(message, outcome.refusal.code, refusalView(outcome).detail);
  }

  /** A command that no ledger can take: its sender must hear so, and the others must not wait behind it. */
  private async refuse(message: Message, error: unknown): Promise<void> {
    if (!(error instanceof ProblemException)) throw error;
    await this.publish(message, error.code, error.message);
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
      this.crash.reach('refusal.before-commit');
      await this.database.transaction((tx) => enqueue(tx, [{ ...message, body: refusal }]));
      this.crash.reach('refusal.after-commit');
    } catch (error) {
      if (sqlStateOf(error) !== UNIQUE_VIOLATION) throw error;
    }
  }
}

/** @throws ProblemException for what can be neither decided nor recorded */
const toSubmission = ({ id, source, body }: Message): Submission => {
  const command = toLedgerCommand(body);
  expectRecordable(command);
  const key = toKey(id, ['header', 'ce_id']);
  const isVouchedFor = source === VOUCHING;
  return { command, isVouchedFor, ...(key === undefined ? {} : { key }) };
};
