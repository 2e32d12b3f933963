import { LedgerTopics } from '@defter/ledger-contracts';
import { PaymentsTopics } from '@defter/payments-contracts';
import { HealthController, outboxRelay, type ServiceDefinition } from '@defter/platform';
import { ReconciliationTopics } from '@defter/reconciliation-contracts';
import { EndpointTopics } from '@defter/webhooks-contracts';
import { type Config, config } from './config.js';
import { crashPoints } from './crash-points.js';
import { AttemptRecords } from './deliveries/attempt-records.js';
import { Attempts } from './deliveries/attempts.js';
import { Backlog } from './deliveries/backlog.js';
import { Deliveries } from './deliveries/deliveries.read.js';
import { DeliveryController } from './deliveries/delivery.controller.js';
import { DeliveryCrew } from './deliveries/delivery-crew.js';
import { DeliveryQueue } from './deliveries/delivery-queue.js';
import { DeliveryReports } from './deliveries/delivery-reports.js';
import { DeliveryWorker } from './deliveries/delivery-worker.job.js';
import { EndpointHealthKeeper } from './deliveries/endpoint-health.js';
import { GuardedConnector } from './deliveries/guarded-connector.js';
import { NameResolver } from './deliveries/resolver.js';
import { SendAgain } from './deliveries/send-again.handler.js';
import { Sender } from './deliveries/sender.js';
import { EndpointUrls } from './endpoint-urls.js';
import { ChangeEndpoints } from './endpoints/change-endpoints.handler.js';
import { EndpointController } from './endpoints/endpoint.controller.js';
import { Endpoints } from './endpoints/endpoints.read.js';
import { Secrets } from './endpoints/secrets.handler.js';
import { Housekeeping } from './housekeeping/housekeeping.job.js';
import { Messages } from './messages/messages.js';
import { OnFindingConsumer } from './messages/on-finding.consumer.js';
import { OnLedgerEventConsumer } from './messages/on-ledger-event.consumer.js';
import { OnPaymentsEventConsumer } from './messages/on-payments-event.consumer.js';
import { ReplayController } from './replays/replay.controller.js';
import { ReplayRunner } from './replays/replay-runner.job.js';
import { ChangeReplays } from './replays/replays.handler.js';
import { Replays } from './replays/replays.read.js';
import { Pollings } from './pollings.js';
import { Sealing } from './sealing.js';
import { Tenants } from './tenants.js';

const endpoints = [EndpointUrls, Sealing];
const sending = [
  NameResolver,
  GuardedConnector,
  Sender,
  DeliveryReports,
  EndpointHealthKeeper,
  AttemptRecords,
];
const delivering = [DeliveryQueue, Attempts, DeliveryCrew, DeliveryWorker, Backlog];

/** Webhooks to tenants: http answers callers; worker hears events, sends, and keeps house. */
export const service: ServiceDefinition<Config> = {
  name: 'webhook-delivery',
  config,
  crashPoints,
  migrations: new URL('../migrations/', import.meta.url),
  roles: {
    http: {
      http: true,
      module: () => ({
        controllers: [HealthController, EndpointController, DeliveryController, ReplayController],
        providers: [
          ...[...endpoints, Endpoints, ChangeEndpoints, Secrets],
          ...[Deliveries, SendAgain, Replays, ChangeReplays],
        ],
      }),
    },
    worker: {
      consumes: [PaymentsTopics.events, LedgerTopics.events, ReconciliationTopics.findings],
      produces: [EndpointTopics.events],
      module: () => ({
        controllers: [OnPaymentsEventConsumer, OnLedgerEventConsumer, OnFindingConsumer],
        providers: [
          ...[...endpoints, Tenants, Pollings, Messages],
          ...[...sending, ...delivering, ReplayRunner, Housekeeping, outboxRelay()],
        ],
      }),
    },
  },
};
