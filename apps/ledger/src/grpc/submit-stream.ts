import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { SubmitReply, SubmitRequest } from '@defter/ledger-contracts';
import { type Caller, Fault, ProblemException } from '@defter/platform';
import { answer } from '../answer.js';
import type { Outcome, Submission } from '../engine/submission.js';
import { refuseForceWithout } from '../ledger-engine.js';
import { type CommandKind, commandOf, toSubmission } from './command.wire.js';
import { toReply } from './reply.wire.js';

/**
 * Unanswered commands of one stream; beyond it the stream isn't read on, and HTTP/2 holds the caller back.
 */
export const MAX_UNANSWERED = 4_096;
/** Reading goes on at half of it, so that a fast caller doesn't stop and go with every answer. */
const READ_ON_AT = MAX_UNANSWERED / 2;
const MAX_GROUP = 1_000;

export type SubmitCall = Pick<
  ServerDuplexStream<SubmitRequest, SubmitReply>,
  'write' | 'end' | 'pause' | 'resume' | 'on' | 'once' | 'emit' | 'cancelled'
>;

/** What a stream needs of the service around it. */
export interface SubmitDesk {
  /** Who the stream's token belongs to, now: a key that was taken back ends the stream. */
  readonly caller: () => Promise<Caller>;
  /** Decides the submissions to one ledger in their order; answers after the commit. */
  readonly submit: (
    address: { tenantId: string; ledger: string },
    submissions: readonly Submission[],
  ) => Promise<readonly (Outcome | ProblemException)[]>;
  readonly toRefusal: (error: unknown) => NonNullable<SubmitReply['refusal']>;
  readonly toStatus: (error: unknown) => Error;
}

interface Command {
  readonly correlation: string;
  readonly kind: CommandKind;
  readonly submission: Submission;
}

/**
 * One stream of commands. Of each ledger one group is in the engine at a time, and what arrives meanwhile is
 * the next one: so their order is kept, and one caller's commands share commits as those of many do.
 */
export class SubmitStream {
  private readonly waiting = new Map<string, Command[]>();
  private readonly busy = new Set<string>();
  private unanswered = 0;
  private state: 'open' | 'half-closed' | 'ended' = 'open';
  private full = false;

  constructor(
    private readonly call: SubmitCall,
    private readonly desk: SubmitDesk,
  ) {
    desk.caller().catch((error: unknown) => this.fail(error));
    call.on('data', (message: SubmitRequest) => this.take(message));
    call.on('end', () => this.halfClose());
    call.on('cancelled', () => this.drop());
    call.on('drain', () => this.readOn());
  }

  /** Commands that were read and have no answer yet. */
  get open(): number {
    return this.unanswered;
  }

  /** The service stops: what was read is answered, the caller sends the rest elsewhere. */
  close(): void {
    if (this.state !== 'open') return;
    this.state = 'half-closed';
    this.call.pause();
    this.endWhenDone(new Fault('shutting-down', 'The service stops'));
  }

  private take(message: SubmitRequest): void {
    if (this.state !== 'open') return;
    this.unanswered += 1;
    if (this.unanswered >= MAX_UNANSWERED) this.hold();
    const { correlation } = message;
    try {
      const { kind, request } = commandOf(message);
      const submission = toSubmission(kind, request as never);
      const queue = this.waiting.get(request.ledger) ?? [];
      this.waiting.set(request.ledger, queue);
      queue.push({ correlation, kind, submission });
      this.start(request.ledger);
    } catch (error) {
      this.reply({ correlation, refusal: this.desk.toRefusal(error) });
    }
  }

  private start(ledger: string): void {
    if (this.busy.has(ledger)) return;
    this.busy.add(ledger);
    this.work(ledger).catch((error: unknown) => this.fail(error));
  }

  /** Submits what waits for a ledger, group after group, until nothing waits. */
  private async work(ledger: string): Promise<void> {
    for (;;) {
      // What is being read in this turn of the event loop belongs to the same group.
      await new Promise(setImmediate);
      const group = this.waiting.get(ledger)?.splice(0, MAX_GROUP) ?? [];
      if (group.length === 0) break;
      await this.submit(ledger, group);
    }
    this.waiting.delete(ledger);
    this.busy.delete(ledger);
  }

  private async submit(ledger: string, group: readonly Command[]): Promise<void> {
    const caller = await this.desk.caller();
    const allowed: Command[] = [];
    for (const command of group) {
      try {
        refuseForceWithout(caller, [command.submission]);
        allowed.push(command);
      } catch (error) {
        this.reply({ correlation: command.correlation, refusal: this.desk.toRefusal(error) });
      }
    }
    if (allowed.length === 0) return;
    try {
      const submissions = allowed.map(({ submission }) => submission);
      const outcomes = await this.desk.submit({ tenantId: caller.tenantId, ledger }, submissions);
      for (const [index, command] of allowed.entries()) this.answer(command, outcomes[index]);
    } catch (error) {
      const refusal = this.desk.toRefusal(error);
      for (const { correlation } of allowed) this.reply({ correlation, refusal });
    }
  }

  private answer({ correlation, kind }: Command, outcome: Outcome | ProblemException | undefined): void {
    try {
      if (outcome === undefined) throw new Error('The engine gave no outcome');
      if (outcome instanceof ProblemException) throw outcome;
      const { data } = answer(outcome, (record) => toReply[kind](record, outcome.hit));
      this.reply({ correlation, [kind]: data });
    } catch (error) {
      this.reply({ correlation, refusal: this.desk.toRefusal(error) });
    }
  }

  private reply(message: SubmitReply): void {
    this.unanswered -= 1;
    if (this.state === 'ended') return;
    // A caller that doesn't read its answers isn't read from either.
    if (!this.call.write(message)) this.hold();
    else if (this.unanswered <= READ_ON_AT) this.readOn();
    this.endWhenDone();
  }

  private hold(): void {
    if (this.full) return;
    this.full = true;
    this.call.pause();
  }

  private readOn(): void {
    if (!this.full || this.state !== 'open' || this.unanswered > READ_ON_AT) return;
    this.full = false;
    this.call.resume();
  }

  private halfClose(): void {
    if (this.state !== 'open') return;
    this.state = 'half-closed';
    this.endWhenDone();
  }

  private endReason: Error | undefined;

  private endWhenDone(reason?: Error): void {
    this.endReason ??= reason;
    if (this.state !== 'half-closed' || this.unanswered > 0) return;
    this.state = 'ended';
    if (this.endReason === undefined) this.call.end();
    else this.call.emit('error', this.desk.toStatus(this.endReason));
  }

  private fail(error: unknown): void {
    if (this.state === 'ended') return;
    this.drop();
    this.call.emit('error', this.desk.toStatus(error));
  }

  /** Nobody hears the answers any more: what isn't in the engine yet is not begun. */
  private drop(): void {
    this.state = 'ended';
    for (const queue of this.waiting.values()) queue.length = 0;
  }
}
