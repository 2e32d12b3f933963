import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { IsName } from '@defter/platform';
import type {
  ReplayRow,
  StoredWebhook,
  WebhookEventRow,
  WebhookRow,
  WebhookStatus,
} from './webhooks.read.js';
import { webhookStatuses } from './webhooks.read.js';

/** The query of the list. */
export class ListWebhooksQuery {
  @IsOptional() @IsIn(webhookStatuses) readonly status?: WebhookStatus;
  @IsOptional() @IsName() readonly provider?: string;
  @IsOptional() @IsString() @MaxLength(300) readonly cursor?: string;
  @IsOptional() @IsString() readonly pageSize?: string;
}

/** A request in a list. */
export function toWebhookView(row: WebhookRow) {
  return {
    id: row.id,
    provider: row.provider,
    connection_id: row.connectionId,
    status: row.status,
    verified: row.verified,
    key_id: row.keyId,
    refused_because: row.refusedBecause,
    unreadable_because: row.unreadableBecause,
    event_count: row.eventCount,
    received_at: row.receivedAt.toISOString(),
  };
}

/** One request with its events; base64 carries any bytes exactly. */
export function toWebhookDetail(
  stored: StoredWebhook,
  events: readonly WebhookEventRow[],
  replays: readonly ReplayRow[],
) {
  return {
    ...toWebhookView(stored),
    path: stored.path,
    headers: stored.headers,
    body_base64: stored.body.toString('base64'),
    body_sha256: stored.bodySha256.toString('hex'),
    events: events.map((event) => ({
      id: event.id,
      provider_event_id: event.providerEventId,
      provider_type: event.providerType,
      unique_key: event.uniqueKey,
      conflict: event.conflict,
    })),
    replays: replays.map(({ id, actor, published, replayedAt, jobId }) => ({
      ...{ id, actor, published, replayed_at: replayedAt.toISOString(), replay_job_id: jobId },
    })),
  };
}
