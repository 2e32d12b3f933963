import { Inject, Injectable } from '@nestjs/common';
import { type Clock, newId } from '@defter/kernel';
import type { Verdict } from '@defter/payments-contracts';
import { CLOCK, currentTrace, enqueue, type Transaction } from '@defter/platform';
import { PROVIDERS, type Providers } from '../connections/providers.read.js';
import { type EventRow, type Intake, toIntake, toMessage } from './intake.js';
import { readEvents } from './reading.js';
import { type Stored, WebhookStore } from './webhook-store.js';
import type { StoredWebhook } from './webhooks.read.js';

/** An event that a replay sends, or would send. */
export interface SentAgain {
  /** Absent in a dry run when the event is read for the first time. */
  readonly eventId?: string;
  readonly providerEventId: string;
  readonly providerType: string;
}

/** What a replay of a request comes to. */
export type SendingAgain =
  | { readonly sends: true; readonly events: readonly SentAgain[] }
  | { readonly sends: false; readonly because: string };

/** On whose behalf, as part of what; `only`: no other event of the request. */
export interface Sending {
  readonly tenantId: string;
  readonly actor: string;
  readonly keyId: string;
  readonly jobId: string;
  readonly ordinal: number;
  readonly only?: string;
}

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
export class SendAgain {
  constructor(
    @Inject(PROVIDERS) private readonly providers: Providers,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly store: WebhookStore,
  ) {}

  /** What would be sent; writes nothing. */
  async dryRun(tenantId: string, webhook: StoredWebhook, only?: string): Promise<SendingAgain> {
    const intake = this.read(tenantId, webhook);
    if (typeof intake === 'string') return { sends: false, because: intake };
    const { duplicates, unknown } = await this.store.look(intake);
    const events = [
      ...unknown.filter(() => only === undefined).map((event) => shown(event)),
      ...repeatedOf(duplicates)
        .filter(({ id }) => only === undefined || id === only)
        .map((event) => ({ ...shown(event), eventId: event.id })),
    ];
    return events.length > 0 ? { sends: true, events } : { sends: false, because: nothing };
  }

  /** Sends it, in the transaction at hand. */
  async publish(tx: Transaction, sending: Sending, webhook: StoredWebhook): Promise<SendingAgain> {
    const { tenantId, jobId, ordinal, only } = sending;
    const intake = this.read(tenantId, webhook);
    if (typeof intake === 'string') return { sends: false, because: intake };
    const stored = await this.store.storeInTransaction(intake);
    const again = repeatedOf(stored.duplicates).filter(({ id }) => only === undefined || id === only);
    const events = [...stored.fresh, ...again];
    if (events.length === 0) return { sends: false, because: nothing };
    const messages = again.map((event, index) => ({
      ...{ ...toMessage(event), tenantId, subject: webhook.id },
      id: `${jobId}-${ordinal}-${index}`,
    }));
    await enqueue(tx, messages);
    await tx.query(
      `insert into webhook_replay (tenant_id, id, request_id, actor, key_id, published, replayed_at, job_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        ...[tenantId, newId('run'), webhook.id, sending.actor, sending.keyId, events.length],
        ...[this.clock.now(), jobId],
      ],
    );
    return { sends: true, events: events.map((event) => ({ ...shown(event), eventId: event.id })) };
  }

  /** The request as its adapter reads it today, or why it can't. */
  private read(tenantId: string, webhook: StoredWebhook): Intake | string {
    const provider = this.providers.get(webhook.provider);
    if (provider === undefined) return 'its provider is not installed';
    const reading = readEvents(provider, webhook);
    if (!reading.readable) return reading.reason;
    const { id: requestId, connectionId, verified, receivedAt, keyId, refusedBecause } = webhook;
    const traceparent = currentTrace()?.traceparent;
    const origin = { tenantId, requestId, provider: webhook.provider, connectionId, verified, receivedAt };
    const verdict: Verdict =
      keyId === null ? { valid: false, reason: refusedBecause ?? '' } : { valid: true, keyId };
    const intake = toIntake({ ...origin, traceparent }, webhook, { verdict, reading }, () => newId('evt'));
    if (intake.request.unreadableBecause !== null) return intake.request.unreadableBecause;
    // Keys that the request has twice were compared when it came, if it could be read then.
    return webhook.eventCount === 0 ? intake : { ...intake, repeated: [] };
  }
}

const nothing = 'it has no event that may be published';

/**
 * Known events under the id they had first. Conflicts stay out: which bytes are right is for people to find
 * out.
 */
function repeatedOf(duplicates: Stored['duplicates']): EventRow[] {
  const byFirstId = new Map(duplicates.map(({ event, firstId }) => [firstId, event]));
  return [...byFirstId].map(([id, event]) => ({ ...event, id, message: { ...event.message, eventId: id } }));
}

function shown({ providerEventId, providerType }: EventRow): SentAgain {
  return { providerEventId, providerType };
}
