import type { Queryable } from '@defter/platform';

/** Something that happened to an intent or payout, whoever knows of it. */
export interface TimelineEntry {
  readonly at: Date;
  readonly source: 'event' | 'observation' | 'parked' | 'ledger';
  readonly name: string;
  readonly detail: Record<string, unknown>;
}

/** Events, what was observed about its provider calls, and what the ledger booked, by time. */
export const timelineOf = (
  database: Queryable,
  tenantId: string,
  ownerId: string,
): Promise<TimelineEntry[]> =>
  database.query<TimelineEntry>(
    `select recorded_at as at, 'event' as source, type as name,
            payload || jsonb_build_object('actor', actor) as detail
       from stream_event where tenant_id = $1 and stream_id = $2
      union all
     select observed_at, 'observation', observation.source || ' ' || observation.result,
            observation.detail || jsonb_build_object('operation_id', observation.operation_id,
                                                     'is_news', is_news,
                                                     'observation_id', observation_id)
       from observation
       join operation on operation.tenant_id = $1 and operation.operation_id = observation.operation_id
      where observation.tenant_id = $1 and operation.owner_id = $2
      union all
     select answered_at, 'ledger', kind || ' ' || state,
            jsonb_build_object('booking_id', booking_id, 'sequence', sequence, 'refusal', refusal)
       from booking where tenant_id = $1 and owner_id = $2 and answered_at is not null
      order by at, source`,
    [tenantId, ownerId],
  );
