import { outboxRelay, type ServiceDefinition } from '@defter/platform';
import { WebhookTopics } from '@defter/webhooks-contracts';
import { type Config, config } from './config.js';
import { Connections } from './connections/connections.read.js';
import { knownProviders, PROVIDERS } from './connections/providers.read.js';
import { FloodGate } from './floods/flood-gate.js';
import { FloodLimits } from './floods/flood-limits.js';
import { FloodMetrics } from './floods/flood-metrics.js';
import { Floods } from './floods/floods.js';
import { RefusalLog } from './floods/refusal-log.js';
import { Tally } from './floods/tally.js';
import { UnfinishedRequests } from './floods/unfinished-requests.js';
import { HealthController } from './health/health.controller.js';
import { UnpublishedAge } from './publishing/unpublished-age.js';
import { ListWebhooksController } from './webhooks/list-webhooks.controller.js';
import { ReceiveWebhookController } from './webhooks/receive-webhook.controller.js';
import { ReceivingMetrics } from './webhooks/receiving-metrics.js';
import { ReceivingReports } from './webhooks/receiving-reports.js';
import { Receiving } from './webhooks/receiving.handler.js';
import { Replays } from './webhooks/replays.handler.js';
import { ReplayWebhookController } from './webhooks/replay-webhook.controller.js';
import { ShowWebhookController } from './webhooks/show-webhook.controller.js';
import { WebhookStore } from './webhooks/webhook-store.js';
import { Webhooks } from './webhooks/webhooks.read.js';

const floods = [FloodGate, Floods, FloodLimits, FloodMetrics, RefusalLog, Tally, UnfinishedRequests];

/** The service as production and tests start it. */
export const service: ServiceDefinition<Config> = {
  name: 'webhook-ingress',
  config,
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
          ...floods,
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
