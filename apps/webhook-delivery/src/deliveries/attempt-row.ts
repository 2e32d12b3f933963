import type { Queryable } from '@defter/platform';
import type { AttemptFailure, DeliveryState, EndpointHealth } from '@defter/webhooks-domain';
import type { Way } from './way.js';
import type { Held } from './delivery-queue.js';

/** One attempt as it went. */
export interface Attempt extends Way {
  readonly status: number | null;
  readonly failure: AttemptFailure | null;
  readonly detail: string | null;
  readonly responseHeaders: Readonly<Record<string, string>> | null;
  readonly responseBody: Buffer | null;
  readonly responseCut: boolean;
}

/** What recording an attempt tells: whether the worker still had the delivery, and how its endpoint was. */
export interface Recorded extends EndpointHealth {
  readonly held: boolean;
}

/**
 * Moves the delivery on, if this worker still has it, and writes the attempt down in any case; its number
 * is that of the lease. One statement: for a receiver that goes well it is all there is to write.
 */
const RECORD = `
  with moved as (
    update webhook_delivery
       set state = $4, reason = $5, due_at = now() + $6 * interval '1 millisecond',
           closed_at = case when $6::float8 is null then now() end
     where tenant_id = $1 and id = $2 and lease_number = $3 and state = 'sending'
    returning id
  ), written as (
    insert into webhook_attempt (tenant_id, delivery_id, number, started_at, duration_ms, url,
      request_headers, status, failure, detail, response_headers, response_body, response_cut)
    values ($1, $2, $3, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
    on conflict do nothing
  )
  select exists (select from moved) as held, status, failing_since as "failingSince",
         last_failed_at as "lastFailedAt", slow_since as "slowSince"
    from webhook_endpoint where tenant_id = $1 and id = $7`;

export const recordAttempt = async (
  database: Queryable,
  held: Held,
  end: { readonly state: DeliveryState; readonly reason: string | null; readonly inMs: number | null },
  attempt: Attempt,
): Promise<Recorded | undefined> => {
  const [row] = await database.query<Recorded>(RECORD, [
    ...[held.tenantId, held.deliveryId, held.leaseNumber, end.state, end.reason, end.inMs, held.endpointId],
    ...[attempt.startedAt, attempt.durationMs, attempt.url, JSON.stringify(attempt.requestHeaders)],
    ...[attempt.status, attempt.failure, attempt.detail],
    attempt.responseHeaders === null ? null : JSON.stringify(attempt.responseHeaders),
    ...[attempt.responseBody, attempt.responseCut],
  ]);
  return row;
};
