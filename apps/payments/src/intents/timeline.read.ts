import type { Queryable } from '@defter/platform';

/** Something that happened to an intent or payout, whoever knows of it. */
export interface TimelineEntry {
  readonly at: Date;
  readonly source: 'event' | 'provider_call' | 'observation' | 'webhook' | 'parked' | 'ledger';
  readonly name: string;
  readonly detail: Record<string, unknown>;
}

/**
 * Events, calls to the provider, what was observed (webhooks by their request), events that wait for one of
 * its operations, and what the ledger booked under which sequence; by time.
 */
export const timelineOf = (
  database: Queryable,
  tenantId: string,
  ownerId: string,
): Promise<TimelineEntry[]> =>
  database.query<TimelineEntry>(
    `with own as (
       select operation_id, kind, connection_id, provider_ref from operation
        where tenant_id = $1 and owner_id = $2)
     select recorded_at as at, 'event' as source, type as name,
            payload || jsonb_build_object('actor', actor, 'version', version) as detail
       from stream_event where tenant_id = $1 and stream_id = $2
      union all
     select started_at, 'provider_call', step || ' ' || own.kind,
            jsonb_build_object('operation_id', own.operation_id, 'number', lease_number)
       from provider_call
       join own on own.operation_id = provider_call.operation_id
      where provider_call.tenant_id = $1
      union all
     select observed_at, case source when 'webhook' then 'webhook' else 'observation' end,
            observation.source || ' ' || observation.result,
            observation.detail || jsonb_build_object('operation_id', own.operation_id, 'is_news', is_news,
                                                     'observation_id', observation_id)
       from observation
       join own on own.operation_id = observation.operation_id
      where observation.tenant_id = $1
      union all
     select parked_at, 'parked', reason,
            jsonb_build_object('event_id', event_id, 'tries', tries, 'resolved_at', resolved_at)
       from parked_event
      where parked_event.tenant_id = $1
        and exists (select from own where own.connection_id = parked_event.connection_id
                       and (own.operation_id = parked_event.operation_id
                            or own.provider_ref = parked_event.provider_ref))
      union all
     select answered_at, 'ledger', kind || ' ' || state,
            jsonb_build_object('booking_id', booking_id, 'sequence', sequence, 'refusal', refusal,
                               'operation_id', operation_id)
       from booking where tenant_id = $1 and owner_id = $2 and answered_at is not null
      order by at, source`,
    [tenantId, ownerId],
  );
