import { HealthController, outboxRelay, type ServiceDefinition } from '@defter/platform';
import { WebhookTopics } from '@defter/webhooks-contracts';
import { type Config, config } from './config.js';
import { crashPoints } from './crash-points.js';
import { Connections } from './connections/connections.read.js';
import { KeyUse } from './connections/key-use.read.js';
import { ListConnectionsController } from './connections/list-connections.controller.js';
import { knownProviders, PROVIDERS } from './connections/providers.read.js';
import { DeadLetters } from './dead-letters/dead-letter.read.js';
import { KeepDeadLetters } from './dead-letters/keep-dead-letters.js';
import { ListDeadLettersController } from './dead-letters/list-dead-letters.controller.js';
import { FloodGate } from './floods/flood-gate.js';
import { FloodLimits } from './floods/flood-limits.js';
import { FloodMetrics } from './floods/flood-metrics.js';
import { Floods } from './floods/floods.js';
import { ListRefusalsController } from './floods/list-refusals.controller.js';
import { RefusalLog } from './floods/refusal-log.js';
import { Refusals } from './floods/refusals.read.js';
import { Tally } from './floods/tally.js';
import { Waits } from './floods/waits.js';
import { UnpublishedAge } from './publishing/unpublished-age.js';
import { Candidates } from './replays/candidates.js';
import { ChangeReplay } from './replays/change-replay.handler.js';
import { ProposeReplay } from './replays/propose-replay.handler.js';
import { ReadReplaysController } from './replays/read-replays.controller.js';
import { ReplayController } from './replays/replay.controller.js';
import { ReplayRunner } from './replays/replay-runner.job.js';
import { ReplayTurn } from './replays/replay-turn.js';
import { ListWebhooksController } from './webhooks/list-webhooks.controller.js';
import { ReceiveWebhookController } from './webhooks/receive-webhook.controller.js';
import { ReceivingMetrics } from './webhooks/receiving-metrics.js';
import { ReceivingReports } from './webhooks/receiving-reports.js';
import { Receiving } from './webhooks/receiving.handler.js';
import { ShowWebhookController } from './webhooks/show-webhook.controller.js';
import { WebhookStore } from './webhooks/webhook-store.js';
import { SendAgain } from './webhooks/webhooks.js';
import { Webhooks } from './webhooks/webhooks.read.js';

const floods = [FloodGate, Floods, FloodLimits, FloodMetrics, RefusalLog, Tally, Waits];

const registry = { provide: PROVIDERS, useValue: knownProviders };
const replaying = [registry, Webhooks, WebhookStore, DeadLetters, SendAgain];

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
          ListConnectionsController,
          ListRefusalsController,
          ListDeadLettersController,
          ReplayController,
          ReadReplaysController,
        ],
        providers: [
          Connections,
          Receiving,
          ReceivingReports,
          ReceivingMetrics,
          ...floods,
          Refusals,
          KeyUse,
          ...replaying,
          Candidates,
          ProposeReplay,
          ChangeReplay,
        ],
      }),
    },
    worker: {
      produces: Object.values(WebhookTopics),
      readsDeadLetters: Object.values(WebhookTopics),
      module: () => ({
        providers: [outboxRelay(), UnpublishedAge, ...replaying, ReplayTurn, ReplayRunner, KeepDeadLetters],
      }),
    },
  },
};
