import type { Provider } from '@nestjs/common';
import { LedgerTopics } from '@defter/ledger-contracts';
import { PaymentsTopics } from '@defter/payments-contracts';
import { HealthController, outboxRelay, type ServiceDefinition } from '@defter/platform';
import { mockPsp } from '@defter/provider-mock-psp';
import { ReconciliationTopics } from '@defter/reconciliation-contracts';
import { WebhookTopics } from '@defter/webhooks-contracts';
import type { Config } from './config.js';
import { ConnectionRules } from './connection-rules.js';
import { Connections } from './connections.js';
import { CorrectionReversals } from './correction-reversals.js';
import { ExemptionCheck } from './exemptions/exemption-check.job.js';
import { FileSpool } from './files/file-spool.js';
import { Files } from './files/files.js';
import { FilesController } from './files/files.controller.js';
import { ReceiveFile } from './files/receive-file.handler.js';
import { ReceivedFiles } from './files/received-files.read.js';
import { FindingRecorder } from './finding-recorder.js';
import { CorrectionQueue } from './findings/correction-queue.js';
import { correctionLoop } from './findings/correction-loop.js';
import { CorrectionMeans } from './findings/correction-means.js';
import { Corrections } from './findings/corrections.js';
import { ReadFindings } from './findings/finding.read.js';
import { FindingMetrics } from './findings/finding-metrics.js';
import { FindingsController } from './findings/findings.controller.js';
import { Findings } from './findings/findings.js';
import { Reversals } from './findings/reversals.js';
import { Links } from './findings/links.js';
import { OnPaymentsAnomalyConsumer } from './findings/on-payments-anomaly.consumer.js';
import { OnWebhookAnomalyConsumer } from './findings/on-webhook-anomaly.consumer.js';
import { ProposalMeans } from './findings/proposal-means.js';
import { Proposals } from './findings/proposals.js';
import { ProposalsController } from './findings/proposals.controller.js';
import { WaitingMetrics } from './findings/waiting-metrics.js';
import { jobAsking, jobExecution } from './jobs/job-parts.js';
import { jobLoop } from './jobs/job-loop.js';
import { JobMetrics, JobMetricsTools } from './jobs/job-metrics.js';
import { JobsController } from './jobs/jobs.controller.js';
import { LedgerApi } from './ledger-api.js';
import { LedgerBooking } from './ledger-booking.js';
import { LedgerEvents } from './journal/ledger-events.js';
import { Journal } from './journal/journal.js';
import { OldParts, oldPartsLoop } from './old-parts.js';
import { OnLedgerEventConsumer } from './journal/on-ledger-event.consumer.js';
import { OnPaymentsEventConsumer } from './operations/on-payments-event.consumer.js';
import { OperationStore } from './operations/operation-store.js';
import { CapacityReport } from './reports/capacity-report.job.js';
import { DailyReport } from './reports/daily-report.job.js';
import { ReportAnswers, ReportDefaults } from './reports/report-answers.js';
import { ReportOutbox } from './reports/report-outbox.js';
import { ReportPlaces } from './reports/report-places.js';
import { ReportStore } from './reports/report-store.js';
import { ReportsController } from './reports/reports.controller.js';
import { SettlementReport } from './reports/settlement-report.job.js';
import { UnexplainedMetrics } from './reports/unexplained-metrics.js';
import { RunAsker } from './run-asker.js';
import { ClassifyResidue } from './runs/classify-residue.js';
import { FetchedFiles } from './runs/fetched-files.js';
import { IngestReports } from './runs/ingest-reports.js';
import { Reconcile } from './runs/reconcile.job.js';
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
import { TellObservations } from './runs/tell-observations.js';
import { TellSettlements } from './runs/tell-settlements.js';
import { TellToPayments } from './runs/tell-to-payments.js';
import { AccountLook } from './scan/account-look.js';
import { BalanceSums } from './scan/balance-sums.js';
import { DriftFindings } from './scan/drift-findings.js';
import { LedgerWalletScan } from './scan/ledger-wallet-scan.job.js';
import { VerifyProofs } from './scan/verify-proofs.job.js';
import { ServiceApi } from './service-api.js';
import { Prometheus } from './reports/slo/prometheus.js';
import { SloMeasurements } from './reports/slo/slo-measurements.js';
import { SloReport } from './reports/slo/slo-report.job.js';
import { REPORT_SOURCES, type ReportSources } from './sources.js';
import { AgedOperations } from './stuck/aged-operation.read.js';
import { DetectStuck, StuckLimits, StuckSources } from './stuck/detect-stuck.job.js';
import { StandingFindings } from './stuck/standing-findings.js';
import { Streams } from './stuck/streams.js';
import { StuckMetrics } from './stuck/stuck-metrics.js';
import { StuckPayouts } from './stuck/stuck-payouts.js';
import { ReadSummary } from './summary/summary.read.js';
import { SummaryController } from './summary/summary.controller.js';
import { Tenants } from './tenants.js';
import { WatchedServices } from './watched-services.js';

const sources = ({ mockPspUrl }: Config): Provider => ({
  provide: REPORT_SOURCES,
  useValue: new Map([
    [mockPsp.manifest.id, { provider: mockPsp, baseUrl: mockPspUrl }],
  ]) satisfies ReportSources,
});

const findings: Provider[] = [
  ...[Findings, { provide: FindingRecorder, useExisting: Findings }],
  ...[Reversals, { provide: CorrectionReversals, useExisting: Reversals }],
];

/** What carries runs out; a process has it once. */
export const runExecution: Provider[] = [
  ...[RunQueue, FetchedFiles, ReportFetcher, IngestReports, MatchingDatabase, MatchLines],
  ...[TellObservations, TellSettlements, TellToPayments, ClassifyResidue, RunSteps, RunExecutor],
  runLoop(),
];

/** What books the corrections that two people decided; beside `jobs`, which have the tenants. */
export const corrections: Provider[] = [
  ...[RunRequests, { provide: RunAsker, useExisting: RunRequests }, LedgerBooking],
  ...[ServiceApi, LedgerApi],
  ...[CorrectionQueue, CorrectionMeans, Corrections],
  correctionLoop(),
];

/** How other services are asked. */
const neighbours: Provider[] = [Tenants, ServiceApi, LedgerApi, LedgerEvents, Journal, WatchedServices];

const stuck: Provider[] = [
  ...[StuckPayouts, AgedOperations, Streams, StandingFindings, StuckSources, StuckLimits],
];
const reports: Provider[] = [ReportStore, ReportOutbox, ReportPlaces];
const slo: Provider[] = [Prometheus, SloMeasurements];
const scan: Provider[] = [AccountLook, BalanceSums, DriftFindings];

const standingJobs = [DetectStuck, VerifyProofs, LedgerWalletScan, Reconcile, ExemptionCheck] as const;

/** What carries jobs out, whoever asked. */
const jobs: Provider[] = [
  ...[...neighbours, ...stuck, ...scan, ...reports, ...slo, ...jobAsking],
  ...[Connections, RunRequests],
  ...jobExecution(...standingJobs, DailyReport, SettlementReport, SloReport, CapacityReport),
];

export const roles: ServiceDefinition<Config>['roles'] = {
  http: {
    http: true,
    module: (config) => ({
      controllers: [
        HealthController,
        FindingsController,
        ProposalsController,
        RunsController,
        FilesController,
        SummaryController,
        JobsController,
        ReportsController,
      ],
      providers: [
        sources(config),
        Connections,
        ...findings,
        ...[ReadFindings, Links, Proposals, ProposalMeans],
        RunRequests,
        ListRuns,
        LastRuns,
        ReadSummary,
        ...[ConnectionRules, FileSpool, ReceiveFile, Files, ReceivedFiles],
        ...[Tenants, ...jobAsking, ReportStore, ReportAnswers, ReportDefaults],
      ],
    }),
  },
  worker: {
    consumes: [PaymentsTopics.events, PaymentsTopics.anomalies, LedgerTopics.events, WebhookTopics.anomalies],
    produces: [
      ReconciliationTopics.findings,
      ReconciliationTopics.observations,
      ReconciliationTopics.settlements,
    ],
    module: (config) => ({
      controllers: [
        OnPaymentsEventConsumer,
        OnPaymentsAnomalyConsumer,
        OnLedgerEventConsumer,
        OnWebhookAnomalyConsumer,
      ],
      providers: [
        sources(config),
        ...findings,
        OperationStore,
        ...runExecution,
        ...[...jobs, jobLoop(), JobMetrics, JobMetricsTools, StuckMetrics, FindingMetrics],
        ...[UnexplainedMetrics, WaitingMetrics],
        ...[OldParts, oldPartsLoop()],
        ...corrections,
        outboxRelay(),
      ],
    }),
  },
  /** For `job <name>`: a process that does one thing and ends. */
  jobs: {
    module: (config) => ({ providers: [sources(config), ...findings, ...jobs] }),
  },
};
