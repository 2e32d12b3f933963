import { type Parameters, writeJson } from '@defter/platform';
import type { Intake } from './intake.js';

/** A statement that is planned once per connection. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
}

/** The row of the statements below: a key that was new. */
export interface StoredRow {
  readonly unique_key: string;
}

/** Events nobody had seen, their request and their messages. */
export const storeEvents = storing('webhook_event', 'content_sha256');

/** Other bytes under a known key, nobody had seen before: kept with their request, and their messages. */
export const storeConflicts = storing('webhook_conflict', 'digest');

/**
 * Everything a request writes, in one statement, which is one transaction and one round trip: the rows that are new,
 * the request when any of them is (or when it has none), and their messages. Answers the new keys.
 *
 * Two requests with the same key: `on conflict do nothing` waits until the first one has committed, then skips. The
 * second may not see the first's row in this statement's snapshot; a statement after this one does.
 * Keys are inserted in one order everywhere, so two batches never wait for each other in a circle.
 */
function storing(table: 'webhook_event' | 'webhook_conflict', digest: string): NamedStatement {
  const text = `
with fresh as (
  insert into ${table} (tenant_id, provider, connection_id, verified, request_id, received_at, batch, body_sha256,
    id, unique_key, provider_event_id, provider_type, ${digest})
  select $1, $3, $4, $5, $2, $6, $7, $8, event.*
  from unnest($9::text[], $10::text[], $11::text[], $12::text[], $13::bytea[])
    as event (id, unique_key, provider_event_id, provider_type, digest)
  order by event.unique_key, event.digest
  on conflict do nothing
  returning unique_key
), request as (
  insert into webhook_request (tenant_id, id, provider, connection_id, verified, received_at, body_sha256,
    path, headers, body, key_id, refused_because, status, unreadable_because, event_count)
  select $1, $2, $3, $4, $5, $6, $8, $14, $15, $16, $17, $18, $19, $20, $21
  where $21::int = 0 or exists (select from fresh)
  on conflict do nothing
  returning id
), published as (
  insert into outbox (tenant_id, message_id, topic, key, type, body, subject, traceparent)
  select $1, message.id, message.topic, message.key, message.type, message.body, $2, $22
  from unnest($23::text[], $24::text[], $25::text[], $26::text[], $27::text[], $28::text[])
    with ordinality as message (unique_key, id, topic, key, type, body, ordinal)
  where case when message.unique_key is null then exists (select from request)
    else message.unique_key in (select fresh.unique_key from fresh) end
  order by message.ordinal
)
select fresh.unique_key from fresh`;
  return { name: `store_${table}`, text };
}

/** The parameters of both; plain ones take the types of the columns they go to. */
export function storeParameters(intake: Intake, traceparent: string | undefined): Parameters {
  const { origin, request, events, messages } = intake;
  return [
    ...[origin.tenantId, origin.requestId, origin.provider, origin.connectionId, origin.verified],
    ...[origin.receivedAt, events[0]?.batch ?? false, request.bodySha256],
    ...[events.map(({ id }) => id), events.map(({ uniqueKey }) => uniqueKey)],
    ...[events.map(({ providerEventId }) => providerEventId), events.map(({ providerType }) => providerType)],
    events.map(({ digest }) => digest),
    ...[request.path, writeJson(request.headers), request.body, request.keyId, request.refusedBecause],
    ...[request.status, request.unreadableBecause, request.eventCount, traceparent ?? null],
    ...[messages.map(({ uniqueKey }) => uniqueKey), messages.map(({ id }) => id)],
    ...[messages.map(({ topic }) => topic), messages.map(({ key }) => key)],
    ...[messages.map(({ type }) => type), messages.map(({ body }) => writeJson(body))],
  ];
}
