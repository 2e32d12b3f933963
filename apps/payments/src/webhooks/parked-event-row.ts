import type { OperationState } from '@defter/payments-domain';
import type { Queryable, Transaction } from '@defter/platform';
import type { ProviderEventV1 } from '@defter/webhooks-contracts';

/** Who brings news of an operation that nobody asked for. */
export type Bringer = 'webhook' | 'report';

/** A parked event as it is told to others. */
export interface ParkedEvent {
  readonly event: ProviderEventV1;
  readonly source: Bringer;
  readonly reason: string;
  readonly parkedAt: Date;
}

const SHOWN = `event, source, reason, parked_at as "parkedAt"`;

/** Why an event is parked, and whether waiting may help. */
export interface Parking {
  readonly source: Bringer;
  readonly reason: string;
  /** False: no operation can appear; it is tried only if one does all the same, and counts as told. */
  readonly mayFit: boolean;
}

/**
 * Keeps an event that fits no operation we know; it is tried again when one appears, and now and then.
 * @returns it unless it was kept before
 */
export const parkEvent = async (
  tx: Transaction,
  tenantId: string,
  event: ProviderEventV1,
  { source, reason, mayFit }: Parking,
): Promise<ParkedEvent | undefined> => {
  const [parked] = await tx.query<ParkedEvent>(
    `insert into parked_event (tenant_id, event_id, connection_id, operation_id, provider_ref, reason,
                               event, source, due_at, reported_at)
     values ($1, $2, $3, $4, $5, $6, $7, $9,
             case when $8 then now() + interval '1 second' else 'infinity' end,
             case when $8 then null else now() end)
     on conflict do nothing
     returning ${SHOWN}`,
    [
      tenantId,
      event.eventId,
      event.connectionId,
      event.facts?.operationId ?? null,
      event.facts?.providerRef ?? null,
      reason,
      JSON.stringify(event),
      mayFit,
      source,
    ],
  );
  return parked;
};

const WAKE = `
  update parked_event set due_at = '-infinity'
   where tenant_id = $1 and resolved_at is null and connection_id = $2
     and (operation_id = $3 or provider_ref = any($4))
  returning event_id`;

/** Makes the events due that waited for this operation, before all that are due by the clock only. */
export const wakeParkedEvents = async (
  tx: Transaction,
  tenantId: string,
  { operationId, connectionId, providerRefs }: Woken,
): Promise<void> => {
  const woken = await tx.query(WAKE, [tenantId, connectionId, operationId, providerRefs]);
  if (woken.length > 0) tx.signal('parked-events');
};

type Woken = Pick<OperationState, 'operationId' | 'connectionId' | 'providerRefs'>;

/** So many are tried of a tenant before the next one has its turn. */
export const PARKED_BATCH = 20;

const DUE = `
  with due as (
    select event_id from parked_event
     where tenant_id = $1 and resolved_at is null and due_at <= now() and due_at < 'infinity'
     order by due_at limit ${PARKED_BATCH} for update skip locked)
  update parked_event set tries = tries + 1, due_at = now() + $2::int8 * interval '1 millisecond'
    from due
   where parked_event.tenant_id = $1 and parked_event.event_id = due.event_id
  returning parked_event.event, parked_event.source, parked_event.due_at::text as "takenUntil"`;

/** An event that is being tried. */
export interface TriedEvent extends Pick<ParkedEvent, 'event' | 'source'> {
  readonly takenUntil: string;
}

/**
 * Takes due events for a retry, those first whose operation appeared. Until `leaseMs` are over nobody else
 * tries them; who dies before `restParkedEvent` has tried nothing, and they are due again then.
 */
export const dueParkedEvents = (tx: Transaction, tenantId: string, leaseMs: number): Promise<TriedEvent[]> =>
  tx.query(DUE, [tenantId, leaseMs]);

const REST = `
  update parked_event
     set due_at = case when parked_at < now() - $4::int8 * interval '1 millisecond' then 'infinity'
           else now() + (1 + 0.2 * random()) * least(power(2, least(tries - 1, 12)), 3600)
                        * interval '1 second' end
   where tenant_id = $1 and event_id = $2 and due_at = $3::timestamptz and resolved_at is null`;

/**
 * It doesn't fit yet: it waits twice as long as before, at most an hour, and up to a fifth more. One that is
 * older than `retryMs` isn't tried by the clock any more. Not where its operation appeared since it was
 * taken.
 */
export const restParkedEvent = (
  database: Queryable,
  tenantId: string,
  { event, takenUntil }: TriedEvent,
  retryMs: number,
): Promise<unknown> => database.query(REST, [tenantId, event.eventId, takenUntil, retryMs]);

/** Takes events that have waited longer than the limit and weren't told yet; each is taken once. */
export const takeOrphans = (tx: Transaction, tenantId: string, limitMs: number): Promise<ParkedEvent[]> =>
  tx.query(
    `update parked_event set reported_at = now()
      where tenant_id = $1 and event_id in (
        select event_id from parked_event
         where tenant_id = $1 and resolved_at is null and reported_at is null
           and parked_at <= now() - $2::int8 * interval '1 millisecond'
         order by parked_at limit 100 for update skip locked)
     returning ${SHOWN}`,
    [tenantId, limitMs],
  );

/** The event found its operation. @returns it when others were told that it hadn't */
export const resolveParkedEvent = async (
  tx: Transaction,
  tenantId: string,
  eventId: string,
): Promise<ParkedEvent | undefined> => {
  const [resolved] = await tx.query<ParkedEvent & { reportedAt: Date | null }>(
    `update parked_event set resolved_at = now()
      where tenant_id = $1 and event_id = $2 and resolved_at is null
      returning ${SHOWN}, reported_at as "reportedAt"`,
    [tenantId, eventId],
  );
  return resolved === undefined || resolved.reportedAt === null ? undefined : resolved;
};

/** Removes what was resolved long ago. */
export const forgetResolved = (tx: Transaction, tenantId: string): Promise<unknown> =>
  tx.query(`delete from parked_event where tenant_id = $1 and resolved_at < now() - interval '30 days'`, [
    tenantId,
  ]);
