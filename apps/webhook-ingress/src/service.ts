import type { ServiceDefinition } from '@defter/platform';
import { type Config, config } from './config.js';
import { Connections } from './connections/connections.read.js';
import { knownProviders, PROVIDERS } from './connections/providers.read.js';
import { HealthController } from './health/health.controller.js';
import { ReceiveWebhookController } from './webhooks/receive-webhook.controller.js';
import { ReceivingMetrics } from './webhooks/receiving-metrics.js';
import { ReceivingReports } from './webhooks/receiving-reports.js';
import { Receiving } from './webhooks/receiving.handler.js';
import { RefusalLog } from './webhooks/refusal-log.js';
import { WebhookStore } from './webhooks/webhook-store.js';

/** The service as production and tests start it. */
export const service: ServiceDefinition<Config> = {
  name: 'webhook-ingress',
  config,
  migrations: new URL('../migrations/', import.meta.url),
  roles: {
    http: {
      http: true,
      module: () => ({
        controllers: [HealthController, ReceiveWebhookController],
        providers: [
          { provide: PROVIDERS, useValue: knownProviders },
          Connections,
          Receiving,
          ReceivingReports,
          ReceivingMetrics,
          RefusalLog,
          WebhookStore,
        ],
      }),
    },
  },
};
