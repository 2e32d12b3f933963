import { outboxRelay, type ServiceDefinition } from '@defter/platform';
import { WebhookTopics } from '@defter/webhooks-contracts';
import { type Config, config } from './config.js';
import { crashPoints } from './crash-points.js';
import { Connections } from './connections/connections.read.js';
import { knownProviders, PROVIDERS } from './connections/providers.read.js';
import { HealthController } from './health/health.controller.js';
import { UnpublishedAge } from './publishing/unpublished-age.js';
import { ListWebhooksController } from './webhooks/list-webhooks.controller.js';
import { ReceiveWebhookController } from './webhooks/receive-webhook.controller.js';
import { ReceivingMetrics } from './webhooks/receiving-metrics.js';
import { ReceivingReports } from './webhooks/receiving-reports.js';
import { Receiving } from './webhooks/receiving.handler.js';
import { Replays } from './webhooks/replays.handler.js';
import { ReplayWebhookController } from './webhooks/replay-webhook.controller.js';
import { RefusalLog } from './webhooks/refusal-log.js';
import { ShowWebhookController } from './webhooks/show-webhook.controller.js';
import { WebhookStore } from './webhooks/webhook-store.js';
import { Webhooks } from './webhooks/webhooks.read.js';

/** The service as production and tests start it. */
export const service: ServiceDefinition<Config> = {
  name: 'webhook-ingress',
  config,
  crashPoints,
  migrations: new URL('../migrations/', import.meta.url),
  roles: {
    http: {
      http: true,
      module: () => ({
        controllers: [
          HealthController,
          ReceiveWebhookController,
          ListWebhooksController,
          ShowWebhookController,
          ReplayWebhookController,
        ],
        providers: [
          { provide: PROVIDERS, useValue: knownProviders },
          Connections,
          Receiving,
          ReceivingReports,
          ReceivingMetrics,
          RefusalLog,
          Replays,
          Webhooks,
          WebhookStore,
        ],
      }),
    },
    worker: {
      produces: Object.values(WebhookTopics),
      module: () => ({ providers: [outboxRelay(), UnpublishedAge] }),
    },
  },
};
