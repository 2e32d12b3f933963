import {
  type PaymentProvider,
  type ProviderEvent,
  type RawRequest,
  UnreadableWebhook,
} from '@defter/payments-contracts';

/** What a request says, once the provider's adapter has read it. */
export type Reading =
  | { readonly readable: true; readonly events: readonly ProviderEvent[] }
  | { readonly readable: false; readonly reason: string; readonly bug?: unknown };

/** A batch beyond this isn't a batch of any provider; it is kept as unparseable. */
const maxEvents = 1_000;
/** The texts that become columns and keys. */
const maxTextLength = 1_000;
const maxReasonLength = 500;

/**
 * Reads the events of a request. An adapter that fails on verified bytes, for whatever reason, costs nothing
 * but time: the bytes are kept as unparseable and can be read again after a mend (`bug` is set when the
 * failure wasn't a clean `UnreadableWebhook`). Throwing here would make the provider repeat the request until
 * its patience, and our only copy of the bytes, ends.
 */
export function readEvents(provider: PaymentProvider, request: RawRequest): Reading {
  try {
    const events = provider.webhook.normalize(request);
    const reason = unfit(events);
    return reason === undefined ? { readable: true, events } : { readable: false, reason };
  } catch (error) {
    if (error instanceof UnreadableWebhook) return { readable: false, reason: asReason(error.message) };
    return { readable: false, reason: 'the adapter failed', bug: error };
  }
}

/** Why these events can't be stored, or undefined. */
function unfit(events: readonly ProviderEvent[]): string | undefined {
  if (events.length > maxEvents) return `more than ${maxEvents} events in one request`;
  for (const [index, { uniqueKey, providerEventId, providerType, facts }] of events.entries()) {
    for (const [name, text] of Object.entries({ ...facts, uniqueKey, providerEventId, providerType })) {
      if (typeof text === 'string' && !isFit(text))
        return `event ${index}: ${name} is empty, too long, or has characters that can't be stored`;
    }
  }
  return undefined;
}

/** Neither PostgreSQL's text nor our JSON takes NUL or half a surrogate pair. */
const unstorable = /[\0\p{Surrogate}]/gu;

function isFit(text: string): boolean {
  return text.length > 0 && text.length <= maxTextLength && text.search(unstorable) < 0;
}

/** An adapter's words as they are stored and shown. */
export function asReason(text: string): string {
  return storable(text).slice(0, maxReasonLength);
}

/** The text without what can't be stored. */
export function storable(text: string): string {
  return text.replace(unstorable, '');
}
