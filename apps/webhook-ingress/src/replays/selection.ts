import { createHash } from 'node:crypto';
import type { NewItem } from './replay-row.js';

/** What somebody wants to be replayed; one of the four. */
export type Selection =
  | { readonly webhook_ids: readonly string[] }
  | { readonly webhooks: WebhooksSelection }
  | { readonly dead_letter_ids: readonly string[] }
  | { readonly dead_letters: DeadLettersSelection };

export interface WebhooksSelection {
  readonly provider?: string;
  readonly connection_id?: string;
  readonly status?: 'accepted' | 'unverified' | 'unparseable';
  /** RFC 3339; from inclusive, to exclusive. */
  readonly received_from: string;
  readonly received_to: string;
}

/** Those that no replay has sent yet. */
export interface DeadLettersSelection {
  readonly consumer?: string;
  readonly topic?: string;
}

/** A job beyond this is several jobs. */
export const maxItems = 10_000;

/**
 * What an approval is bound to: each request with its bytes, what of it would be sent, in which order, and
 * how fast.
 */
export function hashOf(perSecond: number, items: readonly NewItem[]): string {
  const hash = createHash('sha256').update(`${perSecond}\n`);
  for (const { ordinal, requestId, deadLetterId, bodySha256, would, events } of items) {
    const line = [ordinal, requestId, deadLetterId, bodySha256.toString('hex'), would, idsOf(events)];
    hash.update(`${JSON.stringify(line)}\n`);
  }
  return hash.digest('hex');
}

function idsOf(events: readonly object[]): unknown[] {
  return (events as readonly { readonly eventId?: string; readonly providerEventId?: string }[]).map(
    ({ eventId, providerEventId }) => [eventId ?? null, providerEventId],
  );
}
