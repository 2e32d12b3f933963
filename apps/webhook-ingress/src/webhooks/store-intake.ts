import { type Parameters, writeJson } from '@defter/platform';
import type { Intake } from './intake.js';

/** A statement that is planned once per connection: planning takes longer than the insert itself. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
}

/** The row of the statements below: the id of an event that was new. */
export interface StoredRow {
  readonly id: string;
}

/** Events nobody had seen, their requests and their messages. */
export const storeEvents = storing('webhook_event', 'content_sha256');

/** Other bytes under a known key, nobody had seen before: kept with their request, and their messages. */
export const storeConflicts = storing('webhook_conflict', 'digest');

/**
 * Everything that some requests of one tenant write, in one statement, which is one transaction and one round
 * trip: the events that are new, each request that has one (or has none at all), and their messages. Answers
 * the new events.
 *
 * The same key from two sides: `on conflict do nothing` waits until the other transaction has committed, then
 * skips. The other's row may not be in this statement's snapshot; a statement after this one sees it.
 * Everything is inserted in one order, so that no two statements wait for each other: events by key, then
 * requests by digest (the sort has to read all of `fresh` first).
 */
function storing(table: 'webhook_event' | 'webhook_conflict', digest: string): NamedStatement {
  const text = `
with fresh as (
  insert into ${table} (tenant_id, provider, connection_id, verified, request_id, received_at, batch,
    body_sha256,
    id, unique_key, provider_event_id, provider_type, ${digest})
  select $1, event.*
  from unnest($2::text[], $3::text[], $4::bool[], $5::text[], $6::timestamptz[], $7::bool[], $8::bytea[],
    $9::text[],
    $10::text[], $11::text[], $12::text[], $13::bytea[]) as event (provider, connection_id, verified,
      request_id,
    received_at, batch, body_sha256, id, unique_key, provider_event_id, provider_type, digest)
  order by event.provider, event.connection_id, event.verified, event.unique_key, event.digest
  on conflict do nothing
  returning id, request_id
), stored as (
  insert into webhook_request (tenant_id, id, provider, connection_id, verified, received_at, body_sha256,
    path, headers,
    body, key_id, refused_because, status, unreadable_because, event_count)
  select $1, request.*
  from unnest($14::text[], $15::text[], $16::text[], $17::bool[], $18::timestamptz[], $19::bytea[],
    $20::text[],
    $21::jsonb[], $22::bytea[], $23::text[], $24::text[], $25::text[], $26::text[], $27::int[]) as request
      (id, provider,
    connection_id, verified, received_at, body_sha256, path, headers, body, key_id, refused_because, status,
    unreadable_because, event_count)
  where request.event_count = 0 or request.id in (select fresh.request_id from fresh)
  order by request.provider, request.connection_id, request.verified, request.body_sha256
  on conflict do nothing
  returning id
), published as (
  insert into outbox (tenant_id, message_id, topic, key, type, body, subject, traceparent)
  select $1, message.id, message.topic, message.key, message.type, message.body, message.request_id,
    message.traceparent
  from unnest($28::text[], $29::text[], $30::text[], $31::text[], $32::text[], $33::text[], $34::text[],
    $35::text[])
    with ordinality as message (request_id, event_id, id, topic, key, type, body, traceparent, ordinal)
  where case when message.event_id is null then message.request_id in (select stored.id from stored)
    else message.event_id in (select fresh.id from fresh) end
  order by message.ordinal
)
select fresh.id from fresh`;
  return { name: `store_${table}`, text };
}

/** The parameters of both statements. All intakes are of one tenant. */
export function storeParameters(intakes: readonly Intake[]): Parameters {
  return [
    intakes[0]?.origin.tenantId,
    ...eventColumns(intakes),
    ...requestColumns(intakes),
    ...messageColumns(intakes),
  ];
}

function eventColumns(intakes: readonly Intake[]): Parameters {
  const rows = intakes.flatMap(({ origin, events }) => events.map((event) => ({ ...origin, ...event })));
  return [
    ...[
      rows.map((row) => row.provider),
      rows.map((row) => row.connectionId),
      rows.map((row) => row.verified),
    ],
    ...[rows.map((row) => row.requestId), rows.map((row) => row.receivedAt), rows.map((row) => row.batch)],
    ...[rows.map((row) => row.bodySha256), rows.map((row) => row.id), rows.map((row) => row.uniqueKey)],
    ...[
      rows.map((row) => row.providerEventId),
      rows.map((row) => row.providerType),
      rows.map((row) => row.digest),
    ],
  ];
}

function requestColumns(intakes: readonly Intake[]): Parameters {
  const rows = intakes.map(({ origin, request }) => ({ ...origin, ...request }));
  return [
    ...[
      rows.map((row) => row.requestId),
      rows.map((row) => row.provider),
      rows.map((row) => row.connectionId),
    ],
    ...[
      rows.map((row) => row.verified),
      rows.map((row) => row.receivedAt),
      rows.map((row) => row.bodySha256),
    ],
    ...[
      rows.map((row) => row.path),
      rows.map((row) => JSON.stringify(row.headers)),
      rows.map((row) => row.body),
    ],
    ...[rows.map((row) => row.keyId), rows.map((row) => row.refusedBecause), rows.map((row) => row.status)],
    ...[rows.map((row) => row.unreadableBecause), rows.map((row) => row.eventCount)],
  ];
}

function messageColumns(intakes: readonly Intake[]): Parameters {
  const rows = intakes.flatMap(({ origin, messages }) =>
    messages.map((message) => ({ ...origin, ...message })),
  );
  return [
    ...[rows.map((row) => row.requestId), rows.map((row) => row.eventId), rows.map((row) => row.id)],
    ...[rows.map((row) => row.topic), rows.map((row) => row.key), rows.map((row) => row.type)],
    ...[rows.map((row) => writeJson(row.body)), rows.map((row) => row.traceparent ?? null)],
  ];
}
