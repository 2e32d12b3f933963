import type { Transaction } from '@defter/platform';
import type { AttemptFailure, DeliveryState, Verdict } from '@defter/webhooks-domain';
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

/** Its number is that of the lease: written once, also by a worker that has lost the lease meanwhile. */
export const insertAttempt = (tx: Transaction, held: Held, attempt: Attempt): Promise<unknown> =>
  tx.query(
    `insert into webhook_attempt (tenant_id, delivery_id, number, started_at, duration_ms, url,
       request_headers, status, failure, detail, response_headers, response_body, response_cut)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     on conflict do nothing`,
    [
      ...[
        held.tenantId,
        held.deliveryId,
        held.leaseNumber,
        attempt.startedAt,
        attempt.durationMs,
        attempt.url,
      ],
      ...[JSON.stringify(attempt.requestHeaders), attempt.status, attempt.failure, attempt.detail],
      attempt.responseHeaders === null ? null : JSON.stringify(attempt.responseHeaders),
      ...[attempt.responseBody, attempt.responseCut],
    ],
  );

/** Moves the delivery on, if this worker still has it. @returns false when the lease was lost */
export const finishDelivery = async (
  tx: Transaction,
  held: Held,
  { reason, inMs }: Verdict,
  state: DeliveryState,
): Promise<boolean> => {
  const moved = await tx.query(
    `update webhook_delivery
        set state = $4, reason = $5, due_at = now() + $6 * interval '1 millisecond',
            closed_at = case when $6::float8 is null then now() end
      where tenant_id = $1 and id = $2 and lease_number = $3 and state = 'sending' returning id`,
    [held.tenantId, held.deliveryId, held.leaseNumber, state, reason ?? null, inMs ?? null],
  );
  return moved.length > 0;
};
