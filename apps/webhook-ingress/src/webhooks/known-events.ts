import type { Parameters } from '@defter/platform';
import type { EventRow, Intake } from './intake.js';
import type { NamedStatement } from './store-intake.js';

/** What is stored under keys that weren't new. */
export const knownEvents: NamedStatement = {
  name: 'known_webhook_events',
  text: `
select event.unique_key, event.id, event.request_id, event.batch, event.body_sha256, event.content_sha256
from webhook_event event
where event.tenant_id = $1 and event.provider = $2 and event.connection_id = $3 and event.verified = $4
  and event.unique_key = any ($5::text[])`,
};

/** The row of `knownEvents`. */
export interface KnownRow {
  readonly unique_key: string;
  readonly id: string;
  readonly request_id: string;
  readonly batch: boolean;
  readonly body_sha256: Buffer;
  readonly content_sha256: Buffer;
}

/** The parameters of `knownEvents`. */
export function knownParameters({ origin }: Intake, events: readonly EventRow[]): Parameters {
  const { tenantId, provider, connectionId, verified } = origin;
  return [tenantId, provider, connectionId, verified, events.map(({ uniqueKey }) => uniqueKey)];
}

/**
 * Whether an event says what is stored under its key. A request with one event is compared by its bytes,
 * because they are what the provider signed. A batch puts the same event beside others, so there the event's
 * own content counts.
 */
export function isSame(known: KnownRow, { batch, digest, bodySha256 }: EventRow): boolean {
  return known.batch || batch ? known.content_sha256.equals(digest) : known.body_sha256.equals(bodySha256);
}
