import { type Parameters, writeJson } from '@defter/platform';
import type { EventRow, Intake, MessageRow, RequestRow } from './intake.js';
import type { Origin } from './publication.js';

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
    ...columnsOf(intakes, ({ events }) => events, eventFields),
    ...columnsOf(intakes, ({ request }) => [request], requestFields),
    ...columnsOf(intakes, ({ messages }) => messages, messageFields),
  ];
}

type Field<R> = (row: R, origin: Origin) => unknown;

const eventFields: readonly Field<EventRow>[] = [
  ...[(_: EventRow, { provider }: Origin) => provider, (_: EventRow, origin: Origin) => origin.connectionId],
  ...[(_: EventRow, { verified }: Origin) => verified, (_: EventRow, { requestId }: Origin) => requestId],
  ...[(_: EventRow, { receivedAt }: Origin) => receivedAt, ({ batch }: EventRow) => batch],
  ...[({ bodySha256 }: EventRow) => bodySha256, ({ id }: EventRow) => id],
  ...[({ uniqueKey }: EventRow) => uniqueKey, ({ providerEventId }: EventRow) => providerEventId],
  ...[({ providerType }: EventRow) => providerType, ({ digest }: EventRow) => digest],
];

const requestFields: readonly Field<RequestRow>[] = [
  ...[(_: RequestRow, { requestId }: Origin) => requestId, (_: RequestRow, { provider }: Origin) => provider],
  ...[
    (_: RequestRow, origin: Origin) => origin.connectionId,
    (_: RequestRow, origin: Origin) => origin.verified,
  ],
  ...[(_: RequestRow, { receivedAt }: Origin) => receivedAt, ({ bodySha256 }: RequestRow) => bodySha256],
  ...[({ path }: RequestRow) => path, ({ headers }: RequestRow) => JSON.stringify(headers)],
  ...[({ body }: RequestRow) => body, ({ keyId }: RequestRow) => keyId],
  ...[({ refusedBecause }: RequestRow) => refusedBecause, ({ status }: RequestRow) => status],
  ...[(row: RequestRow) => row.unreadableBecause, ({ eventCount }: RequestRow) => eventCount],
];

const messageFields: readonly Field<MessageRow>[] = [
  ...[(_: MessageRow, { requestId }: Origin) => requestId, ({ eventId }: MessageRow) => eventId],
  ...[({ id }: MessageRow) => id, ({ topic }: MessageRow) => topic, ({ key }: MessageRow) => key],
  ...[({ type }: MessageRow) => type, ({ body }: MessageRow) => writeJson(body)],
  (_, { traceparent }) => traceparent ?? null,
];

/** Column by column, without a copy of any row: there are dozens of fields in each group. */
function columnsOf<R>(
  intakes: readonly Intake[],
  rowsOf: (intake: Intake) => readonly R[],
  fields: readonly Field<R>[],
): unknown[][] {
  return fields.map((field) => {
    const column: unknown[] = [];
    for (const intake of intakes) {
      for (const row of rowsOf(intake)) column.push(field(row, intake.origin));
    }
    return column;
  });
}
