import { ProviderEventV1, WebhookAnomalyV1 } from './provider-event.js';

const DAY_MS = 86_400_000;

export const WebhookTopics = {
  events: {
    name: 'defter.webhooks.events.v1',
    key: 'provider object id',
    partitions: 6,
    retentionMs: 30 * DAY_MS,
    schema: ProviderEventV1,
  },
  anomalies: {
    name: 'defter.webhooks.anomalies.v1',
    key: 'provider event id',
    partitions: 3,
    retentionMs: 30 * DAY_MS,
    schema: WebhookAnomalyV1,
  },
} as const;
