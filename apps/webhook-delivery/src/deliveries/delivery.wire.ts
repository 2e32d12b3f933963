import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { HasForm, IsId } from '@defter/platform';
import { type DeliveryState, deliveryStates } from '@defter/webhooks-domain';
import type { AttemptRow, DeliveryRow } from './deliveries.read.js';

/** The query of the list of deliveries. */
export class ListDeliveriesQuery {
  @IsOptional() @IsId('whe') readonly endpoint_id?: string;
  @IsOptional() @IsId('msg') readonly message_id?: string;
  @IsOptional() @IsIn(deliveryStates) readonly state?: DeliveryState;
  @IsOptional() @HasForm(/^[a-z0-9_.]{1,100}$/, 'a type such as payout.paid') readonly type?: string;
  @IsOptional() @IsString() @MaxLength(600) readonly cursor?: string;
  @IsOptional() @IsString() readonly page_size?: string;
}

export class ListAttemptsQuery {
  @IsOptional() @IsString() @MaxLength(300) readonly cursor?: string;
  @IsOptional() @IsString() readonly page_size?: string;
}

export function toDeliveryView(row: DeliveryRow) {
  return {
    id: row.id,
    endpoint_id: row.endpointId,
    message_id: row.messageId,
    type: row.type,
    state: row.state,
    reason: row.reason,
    attempts: row.attempts,
    next_attempt_at: row.state === 'pending' ? (row.dueAt?.toISOString() ?? null) : null,
    created_at: row.createdAt.toISOString(),
    closed_at: row.closedAt?.toISOString() ?? null,
  };
}

/** The answer's body as text, and in base64 too, which carries any bytes exactly. */
export function toAttemptView(row: AttemptRow) {
  return {
    number: row.number,
    started_at: row.startedAt.toISOString(),
    duration_ms: row.durationMs,
    request: { url: row.url, headers: row.requestHeaders },
    status: row.status,
    failure: row.failure,
    detail: row.detail,
    response:
      row.status === null
        ? null
        : {
            headers: row.responseHeaders,
            body: row.responseBody?.toString('utf8') ?? '',
            body_base64: row.responseBody?.toString('base64') ?? '',
            cut: row.responseCut,
          },
  };
}
