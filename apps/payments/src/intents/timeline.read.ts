import { decodeCursor, encodeCursor, malformed, type Page, page, type Queryable } from '@defter/platform';

/** Something that happened to an intent or payout, whoever knows of it. */
export interface TimelineEntry {
  readonly at: Date;
  readonly source: 'event' | 'provider_call' | 'observation' | 'webhook' | 'parked' | 'ledger';
  readonly name: string;
  readonly detail: Record<string, unknown>;
}

/** Where an entry stands: its instant to the microsecond, its source, and what tells it from its equals. */
type Place = readonly [at: string, source: string, key: string];
type Row = TimelineEntry & { readonly place: Place };

// Events, calls to the provider, what was observed (webhooks by their request), events that wait for one of
// its operations, and what the ledger booked under which sequence; by time, from a place on. What there was
// of funds is a balance: only for who reads balances.
const ENTRIES = `
  with own as (
    select operation_id, kind, connection_id, provider_ref from operation
     where tenant_id = $1 and owner_id = $2),
  entry as (
    select recorded_at as at, 'event' as source, type as name, lpad(version::text, 19, '0') as key,
           case when $7::boolean then payload else payload #- '{shortage,availableMinor}' end
             || jsonb_build_object('actor', actor, 'version', version) as detail
      from stream_event where tenant_id = $1 and stream_id = $2
     union all
    select started_at, 'provider_call', step || ' ' || own.kind,
           own.operation_id || ' ' || lpad(lease_number::text, 10, '0'),
           jsonb_build_object('operation_id', own.operation_id, 'number', lease_number)
      from provider_call
      join own on own.operation_id = provider_call.operation_id
     where provider_call.tenant_id = $1
     union all
    select observed_at, case source when 'webhook' then 'webhook' else 'observation' end,
           observation.source || ' ' || observation.result, own.operation_id || ' ' || observation_id,
           observation.detail || jsonb_build_object('operation_id', own.operation_id, 'is_news', is_news,
                                                    'observation_id', observation_id)
      from observation
      join own on own.operation_id = observation.operation_id
     where observation.tenant_id = $1
     union all
    select parked_at, 'parked', reason, event_id,
           jsonb_build_object('event_id', event_id, 'tries', tries, 'resolved_at', resolved_at)
      from parked_event
     where parked_event.tenant_id = $1
       and exists (select from own where own.connection_id = parked_event.connection_id
                      and (own.operation_id = parked_event.operation_id
                           or own.provider_ref = parked_event.provider_ref))
     union all
    select answered_at, 'ledger', kind || ' ' || state, booking_id,
           jsonb_build_object('booking_id', booking_id, 'sequence', sequence, 'refusal', refusal,
                              'operation_id', operation_id)
      from booking where tenant_id = $1 and owner_id = $2 and answered_at is not null)
  select at, source, name, detail,
         jsonb_build_array(to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), source, key)
           as place
    from entry
   where $3::text is null or (at, source, key) > ($3::timestamptz, $4::text, $5::text)
   order by at, source, key limit $6`;

interface Asked {
  readonly cursor: string | undefined;
  readonly size: number;
  /** Whether the caller may see what an account has. */
  readonly seesBalances: boolean;
}

/** A page of what happened to an intent or payout. @throws ProblemException 400 for a cursor of elsewhere */
export const timelineOf = async (
  database: Queryable,
  tenantId: string,
  ownerId: string,
  { cursor, size, seesBalances }: Asked,
): Promise<Page<TimelineEntry>> => {
  const kind = `timeline ${ownerId}`;
  const [at, source, key] = cursor === undefined ? [null, null, null] : decodeCursor(kind, cursor, toPlace);
  const rows = await database.query<Row>(ENTRIES, [
    ...[tenantId, ownerId, at, source, key, size + 1, seesBalances],
  ]);
  return page(rows, size, {
    of: ({ place: _, ...entry }) => entry,
    cursorAfter: ({ place }) => encodeCursor(kind, place),
  });
};

const instant = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/;

/** To the microsecond, in a calendar that the database has, too: no February the 30th, no hour 24. */
const isInstant = (at: string): boolean => {
  const date = new Date(instant.test(at) ? at : NaN);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, -1) === at.slice(0, 23);
};

const toPlace = (place: unknown): Place => {
  const parts: readonly unknown[] = Array.isArray(place) ? place : [];
  const [at, source, key] = parts;
  const isPlace = typeof at === 'string' && typeof source === 'string' && typeof key === 'string';
  // A date that the database couldn't read would be our error, and not the caller's.
  if (!isPlace || !isInstant(at)) throw malformed([]);
  return [at, source, key];
};
