import { Injectable } from '@nestjs/common';
import { Database, Fault, Logger, sqlStateOf, type Transaction } from '@defter/platform';
import { SendAgain, type SendingAgain } from '../webhooks/webhooks.js';
import { Webhooks } from '../webhooks/webhooks.read.js';
import { replaySignal } from './change-replay.handler.js';
import { advance, findReplay, type ItemRow, itemsLeft, markDone, type ReplayRow } from './replay-row.js';

/** Items of one transaction; at most what the rate allows in a second. */
const perTurn = 20;

const DUE = `
  select tenant_id as "tenantId", id from replay_job
  where status = 'running' and next_at <= clock_timestamp() order by next_at limit 1`;

/** How many items were sent, and how many had nothing to be sent. */
export interface Carried {
  readonly published: number;
  readonly skipped: number;
}

/**
 * Carries a few items of one approved replay out. What is sent, what is marked as done and when the next turn
 * may be are one commit: a process that dies anywhere leaves a job that another one goes on with, and nothing
 * is sent twice or left out.
 */
@Injectable()
export class ReplayTurn {
  constructor(
    private readonly database: Database,
    private readonly webhooks: Webhooks,
    private readonly sendAgain: SendAgain,
    private readonly logger: Logger,
  ) {}

  /** Calls the listener when a person has changed a job through this process; returns the way to stop. */
  onChange(listener: () => void): () => void {
    return this.database.onSignal(replaySignal, listener);
  }

  /** @returns undefined when nothing is due. @throws Fault */
  async take(): Promise<Carried | undefined> {
    const [due] = await this.database.query<{ tenantId: string; id: string }>(DUE);
    if (due === undefined) return undefined;
    return this.database.transaction(async (tx) => {
      // Another process may hold it, or have had its turn since we looked; somebody may have paused it.
      const job = await findReplay(tx, due.tenantId, due.id, 'for update skip locked');
      if (job?.status !== 'running' || !job.isDue) return undefined;
      return this.carryOut(tx, due.tenantId, job);
    });
  }

  private async carryOut(tx: Transaction, tenantId: string, job: ReplayRow): Promise<Carried> {
    const items = await itemsLeft(tx, tenantId, job.id, Math.min(perTurn, job.perSecond));
    let published = 0;
    for (const item of items) {
      const sent = await this.send(tx, tenantId, job, item);
      const publishedEvents = sent.sends ? sent.events.length : 0;
      const detail = sent.sends ? null : sent.because;
      await markDone(tx, tenantId, { jobId: job.id, ordinal: item.ordinal }, { publishedEvents, detail });
      if (sent.sends) published += 1;
    }
    const carried = { published, skipped: items.length - published };
    await advance(tx, tenantId, job.id, carried);
    return carried;
  }

  private async send(
    tx: Transaction,
    tenantId: string,
    { id: jobId, requestedBy: actor, requestedKey: keyId }: ReplayRow,
    item: ItemRow,
  ): Promise<SendingAgain> {
    const { requestId, ordinal, deadLetterId, events } = item;
    if (item.would === 'skip') return { sends: false, because: item.why ?? '' };
    const webhook = await this.webhooks.find(tenantId, requestId);
    if (webhook === undefined) return { sends: false, because: 'the request is gone' };
    const only = deadLetterId === null ? undefined : (events as readonly { eventId?: string }[])[0]?.eventId;
    const sending = { tenantId, actor, keyId, jobId, ordinal, ...(only !== undefined && { only }) };
    try {
      return await tx.savepoint(() => this.sendAgain.publish(tx, sending, webhook));
    } catch (error) {
      // What the database says is for the whole turn to repeat.
      if (error instanceof Fault || sqlStateOf(error) !== undefined) throw error;
      // One request must not hold the others of the job up.
      this.logger.error('A request could not be replayed', { jobId, ordinal, requestId, error });
      return { sends: false, because: 'it failed; the log says why' };
    }
  }
}
