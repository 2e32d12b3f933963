import { LedgerTopics } from '@defter/ledger-contracts';
import { HealthController, outboxRelay, type ServiceDefinition } from '@defter/platform';
import { AccountController } from './accounts/account.controller.js';
import { AccountListReader } from './accounts/account-list.read.js';
import { AccountReader } from './accounts/account.read.js';
import { VolumesController } from './accounts/volumes.controller.js';
import { OnLedgerCommandConsumer } from './commands/on-ledger-command.consumer.js';
import { config, type LedgerConfig } from './config.js';
import { crashPoints } from './crash-points.js';
import { Writers } from './engine/writers.js';
import { HoldExpiry } from './expiry/hold-expiry.js';
import { LedgerGrpcMethods } from './grpc/ledger-grpc-methods.js';
import { LedgerGrpcServer } from './grpc/ledger-grpc-server.js';
import { ExportController } from './export/export.controller.js';
import { LedgerExport } from './export/export.read.js';
import { AccountsAt } from './history/accounts-at.js';
import { BalancesAt } from './history/balances-at.js';
import { EffectiveVolumes } from './history/effective-volumes.js';
import { EntryReader } from './history/entries.read.js';
import { EntrySumsController } from './history/entry-sums.controller.js';
import { EntrySumReader } from './history/entry-sums.read.js';
import { HistoryController } from './history/history.controller.js';
import { Statements } from './history/statement.js';
import { VolumesAt } from './history/volumes-at.read.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { HoldController } from './holds/hold.controller.js';
import { ImportController } from './import/import.controller.js';
import { LedgerImport } from './import/ledger-import.js';
import { CardGuard } from './card-guard.js';
import { LedgerEngine } from './ledger-engine.js';
import { ledgerProblemShape } from './ledger.problems.js';
import { InfoController } from './ledgers/info.controller.js';
import { LedgerController } from './ledgers/ledger.controller.js';
import { LedgerMetadataController } from './ledgers/ledger-metadata.controller.js';
import { LedgerReader } from './ledgers/ledger.read.js';
import { Ledgers } from './ledgers/ledgers.js';
import { EventReader } from './logs/event.read.js';
import { LogListReader } from './logs/log-list.read.js';
import { LogController } from './logs/log.controller.js';
import { MetadataController } from './metadata/metadata.controller.js';
import { proofControllers, proofProviders, signingProviders } from './proofs/proof-parts.js';
import { verifyJob } from './proofs/verify/verify.job.js';
import { PipelineController } from './pipelines/pipeline.controller.js';
import { PipelineReader } from './pipelines/pipeline.read.js';
import { pipelineRelay, PipelineSource } from './pipelines/pipeline-relay.js';
import { Pipelines } from './pipelines/pipelines.js';
import { LedgerLog, ledgerLogRelay } from './publishing/ledger-log-relay.js';
import { rebuildJob } from './rebuild/rebuild.job.js';
import { ruleControllers, ruleProviders } from './rules.js';
import { BulkController } from './transactions/bulk.controller.js';
import { CreateTransactionController } from './transactions/create-transaction.controller.js';
import { ReadTransactionsController } from './transactions/read-transactions.controller.js';
import { RevertTransactionController } from './transactions/revert-transaction.controller.js';
import { TransactionListReader } from './transactions/transaction-list.read.js';
import { TransactionReader } from './transactions/transaction.read.js';

const engine = [Ledgers, Writers, CardGuard, LedgerEngine, VolumesAt, EffectiveVolumes];
const readers = [
  LedgerReader,
  AccountReader,
  AccountListReader,
  TransactionReader,
  TransactionListReader,
  EventReader,
  LogListReader,
  BalancesAt,
  AccountsAt,
  EntryReader,
  EntrySumReader,
  Statements,
];

const transfer = [LedgerExport, LedgerImport, Pipelines, PipelineReader];

/**
 * The ledger: http and grpc answer callers, worker takes commands from Kafka, publishes events, expires holds
 * and signs checkpoints.
 */
export const service: ServiceDefinition<LedgerConfig> = {
  name: 'ledger',
  config,
  migrations: new URL('../migrations/', import.meta.url),
  problemShape: ledgerProblemShape,
  crashPoints,
  jobs: { rebuild: rebuildJob, verify: verifyJob },
  // The published client takes errors for answers of an unknown kind under any other name.
  problemMediaType: 'application/json',
  roles: {
    http: {
      http: true,
      module: () => ({
        controllers: [
          HealthController,
          InfoController,
          OpenApiController,
          LedgerController,
          LedgerMetadataController,
          CreateTransactionController,
          BulkController,
          RevertTransactionController,
          HoldController,
          MetadataController,
          ReadTransactionsController,
          AccountController,
          HistoryController,
          EntrySumsController,
          VolumesController,
          LogController,
          ExportController,
          ImportController,
          PipelineController,
          ...ruleControllers,
          ...proofControllers,
        ],
        providers: [...engine, ...transfer, ...readers, ...ruleProviders, ...proofProviders],
      }),
    },
    grpc: {
      module: () => ({
        providers: [...engine, AccountReader, EventReader, LedgerGrpcMethods, LedgerGrpcServer],
      }),
    },
    worker: {
      consumes: [LedgerTopics.commands],
      produces: [LedgerTopics.events, LedgerTopics.replays, LedgerTopics.refusals],
      module: () => ({
        controllers: [OnLedgerCommandConsumer],
        providers: [
          ...engine,
          EventReader,
          LedgerLog,
          ledgerLogRelay,
          PipelineSource,
          pipelineRelay,
          outboxRelay(),
          HoldExpiry,
          ...signingProviders,
        ],
      }),
    },
  },
};
