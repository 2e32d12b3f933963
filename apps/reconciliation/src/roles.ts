import type { Provider } from '@nestjs/common';
import { LedgerTopics } from '@defter/ledger-contracts';
import { PaymentsTopics } from '@defter/payments-contracts';
import { outboxRelay, type ServiceDefinition } from '@defter/platform';
import { mockPsp } from '@defter/provider-mock-psp';
import { ReconciliationTopics } from '@defter/reconciliation-contracts';
import { WebhookTopics } from '@defter/webhooks-contracts';
import type { Config } from './config.js';
import { ConnectionRules } from './connection-rules.js';
import { Connections } from './connections.js';
import { FileSpool } from './files/file-spool.js';
import { Files } from './files/files.js';
import { FilesController } from './files/files.controller.js';
import { ReceiveFile } from './files/receive-file.handler.js';
import { ReceivedFiles } from './files/received-files.read.js';
import { FindingRecorder } from './finding-recorder.js';
import { ReadFindings } from './findings/finding.read.js';
import { FindingsController } from './findings/findings.controller.js';
import { Findings } from './findings/findings.js';
import { OnPaymentsAnomalyConsumer } from './findings/on-payments-anomaly.consumer.js';
import { OnWebhookAnomalyConsumer } from './findings/on-webhook-anomaly.consumer.js';
import { HealthController } from './health/health.controller.js';
import { LedgerEvents } from './journal/ledger-events.js';
import { OnLedgerEventConsumer } from './journal/on-ledger-event.consumer.js';
import { OnPaymentsEventConsumer } from './operations/on-payments-event.consumer.js';
import { OperationStore } from './operations/operation-store.js';
import { ClassifyResidue } from './runs/classify-residue.js';
import { IngestReports } from './runs/ingest-reports.js';
import { ReportFetcher } from './runs/report-fetcher.js';
import { LastRuns } from './runs/last-runs.read.js';
import { ListRuns } from './runs/list-runs.read.js';
import { MatchLines } from './runs/match-lines.js';
import { MatchingDatabase } from './runs/matching-database.js';
import { RunExecutor } from './runs/run-executor.js';
import { runLoop } from './runs/run-loop.js';
import { RunQueue } from './runs/run-queue.js';
import { RunRequests } from './runs/run-requests.js';
import { RunSteps } from './runs/run-steps.js';
import { RunsController } from './runs/runs.controller.js';
import { REPORT_SOURCES, type ReportSources } from './sources.js';
import { ReadSummary } from './summary/summary.read.js';
import { SummaryController } from './summary/summary.controller.js';

const sources = ({ mockPspUrl }: Config): Provider => ({
  provide: REPORT_SOURCES,
  useValue: new Map([
    [mockPsp.manifest.id, { provider: mockPsp, baseUrl: mockPspUrl }],
  ]) satisfies ReportSources,
});

const findings: Provider[] = [Findings, { provide: FindingRecorder, useExisting: Findings }];

/** What carries runs out; a process has it once. */
export const runExecution: Provider[] = [
  ...[RunQueue, ReportFetcher, IngestReports, MatchingDatabase, MatchLines],
  ...[ClassifyResidue, RunSteps, RunExecutor],
  runLoop(),
];

export const roles: ServiceDefinition<Config>['roles'] = {
  http: {
    http: true,
    module: (config) => ({
      controllers: [HealthController, FindingsController, RunsController, FilesController, SummaryController],
      providers: [
        sources(config),
        Connections,
        ...findings,
        ReadFindings,
        RunRequests,
        ListRuns,
        LastRuns,
        ReadSummary,
        ...[ConnectionRules, FileSpool, ReceiveFile, Files, ReceivedFiles],
      ],
    }),
  },
  worker: {
    consumes: [PaymentsTopics.events, PaymentsTopics.anomalies, LedgerTopics.events, WebhookTopics.anomalies],
    produces: [ReconciliationTopics.findings],
    module: (config) => ({
      controllers: [
        OnPaymentsEventConsumer,
        OnPaymentsAnomalyConsumer,
        OnLedgerEventConsumer,
        OnWebhookAnomalyConsumer,
      ],
      providers: [
        sources(config),
        Connections,
        ...findings,
        LedgerEvents,
        OperationStore,
        ...runExecution,
        outboxRelay(),
      ],
    }),
  },
};
