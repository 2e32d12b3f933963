import { Inject, Injectable } from '@nestjs/common';
import { type Clock, newId } from '@defter/kernel';
import type { Verdict } from '@defter/payments-contracts';
import { type Caller, CLOCK, currentTrace, Database, enqueue, type Transaction } from '@defter/platform';
import { PROVIDERS, type Providers } from '../connections/providers.read.js';
import { type EventRow, type Intake, toIntake, toMessage } from './intake.js';
import { type Reading, readEvents } from './reading.js';
import type { ReplayRefusal } from './replay.problems.js';
import { type Stored, WebhookStore } from './webhook-store.js';
import type { StoredWebhook } from './webhooks.read.js';

/** What a replay came to. */
export type ReplayOutcome =
  | { readonly accepted: true; readonly replayId: string; readonly eventIds: readonly string[] }
  | { readonly accepted: false; readonly refusal: ReplayRefusal };

/**
 * Publishes a stored request again, from its bytes, as the adapter reads them now. So one action serves both
 * cases: events that a consumer has to see again, and bytes that couldn't be read before the adapter was
 * mended.
 *
 * A repeated event keeps its `eventId`, because consumers must know it as the same event, and gets a new
 * message id, because their inboxes would swallow the old one. The verdict isn't made again: keys may have
 * been removed since.
 */
@Injectable()
export class Replays {
  constructor(
    @Inject(PROVIDERS) private readonly providers: Providers,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly database: Database,
    private readonly store: WebhookStore,
  ) {}

  async replay(caller: Caller, webhook: StoredWebhook): Promise<ReplayOutcome> {
    const provider = this.providers.get(webhook.provider);
    if (provider === undefined)
      return refused({ code: 'provider-not-installed', provider: webhook.provider });
    const reading = readEvents(provider, webhook);
    if (!reading.readable) return refused({ code: 'webhook-still-unreadable', reason: reading.reason });
    return this.database.transaction((tx) => this.publish(tx, caller, webhook, reading));
  }

  private async publish(
    tx: Transaction,
    caller: Caller,
    webhook: StoredWebhook,
    reading: Reading,
  ): Promise<ReplayOutcome> {
    const intake = intakeOf(caller.tenantId, webhook, reading);
    if (intake.request.unreadableBecause !== null) {
      return refused({ code: 'webhook-still-unreadable', reason: intake.request.unreadableBecause });
    }
    const stored = await this.store.storeInTransaction(intake);
    const again = repeatedOf(stored);
    const eventIds = [...stored.fresh, ...again].map(({ message }) => message.eventId);
    if (eventIds.length === 0) return refused({ code: 'nothing-to-replay' });
    const { tenantId } = caller;
    const subject = webhook.id;
    await enqueue(
      tx,
      again.map((event) => ({ ...toMessage(event), tenantId, subject, id: newId('evt') })),
    );
    const replayId = newId('run');
    await tx.query(
      `insert into webhook_replay (tenant_id, id, request_id, actor, key_id, published, replayed_at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [tenantId, replayId, webhook.id, caller.actor, caller.keyId, eventIds.length, this.clock.now()],
    );
    return { accepted: true, replayId, eventIds };
  }
}

/**
 * Known events under the id they had first. Conflicts stay out: which bytes are right is for people to find
 * out.
 */
function repeatedOf({ duplicates }: Stored): EventRow[] {
  const byFirstId = new Map(duplicates.map(({ event, firstId }) => [firstId, event]));
  return [...byFirstId].map(([id, event]) => ({ ...event, id, message: { ...event.message, eventId: id } }));
}

function intakeOf(tenantId: string, webhook: StoredWebhook, reading: Reading): Intake {
  const { id: requestId, provider, connectionId, verified, receivedAt, keyId, refusedBecause } = webhook;
  const traceparent = currentTrace()?.traceparent;
  const origin = { tenantId, requestId, provider, connectionId, verified, receivedAt, traceparent };
  const verdict: Verdict =
    keyId === null ? { valid: false, reason: refusedBecause ?? '' } : { valid: true, keyId };
  const intake = toIntake(origin, webhook, { verdict, reading }, () => newId('evt'));
  // Keys that the request has twice were compared when it came, if it could be read then.
  return webhook.eventCount === 0 ? intake : { ...intake, repeated: [] };
}

function refused(refusal: ReplayRefusal): ReplayOutcome {
  return { accepted: false, refusal };
}
