// service
export { runService } from './service/run-service.js';
export { runLaboratory, type Bugs } from './service/run-laboratory.js';
export { createApp } from './service/create-app.js';
export type {
  Command,
  CommandContext,
  Job,
  JobContext,
  Overrides,
  Role,
  RunningService,
  ServiceDefinition,
} from './service/definition.js';
export { ConfigError, defineConfig, describeConfig, readConfig } from './service/config.js';
export type { ConfigOf, ConfigSchema, Environment, Setting } from './service/config.js';
export {
  bool,
  duration,
  integer,
  list,
  oneOf,
  optional,
  port,
  secret,
  text,
  url,
} from './service/settings.js';
export { baseConfig, databaseConfig, kafkaConfig, tenantsConfig } from './service/base-config.js';
export type { BaseConfig, DatabaseConfig, KafkaConfig, TenantsConfig } from './service/base-config.js';
export { CLOCK, CONFIG } from './service/injection.js';
export { CrashPoints, logCrashPoints, outboxCrashPoints } from './service/crash-points.js';
export { createLogger, Logger } from './service/logger.js';
export { Lifecycle } from './service/lifecycle.js';
export type { Task } from './service/lifecycle.js';
export { Polling } from './service/polling.js';
export type { PollingOptions } from './service/polling.js';
export { Metrics } from './service/metrics.js';
export { SettingsFile } from './settings-file.js';

// http
export { authenticateToken, type GivenToken } from './http/authenticate-token.js';
export { listMember, memberOf, readJson, textMember, writtenMember } from './http/json-members.js';
export { JsonError, LosslessNumber, parseJson } from './http/json-read.js';
export { defaultBodyLimit } from './http/body.js';
export { RawJson, writeJson } from './http/json-write.js';
export { Fault, malformed, notFound, ProblemException, RefusedException, respond } from './http/problem.js';
export type { InputError, Problem, ProblemBody, ProblemRequest, ProblemShape } from './http/problem.js';
export { exchange, wasNeverSent } from './http/exchange.js';
export type { Answer, Exchange, Outgoing } from './http/exchange.js';
export { BodyLimit, Caller, handlerPolicy, HotPath, Public, RawBody, Scope } from './http/route.js';
export { traceparentOf, type RoutePolicy } from './http/route.js';
export {
  HasForm,
  HasNoCardNumber,
  IsAmount,
  IsAssetCode,
  IsCurrency,
  IsId,
  IsName,
  IsReason,
  isSeen,
  toAmount,
} from './http/validators.js';
export { BodyStream } from './http/route.js';
export { HealthController } from './http/health.controller.js';
export { currentTrace, withTrace } from './http/trace.js';
export type { Trace } from './http/trace.js';

// postgres
export { Database, type PoolUse, type TransactionOptions } from './postgres/database.js';
export type { DatabaseOptions } from './postgres/database-options.js';
export type { Transaction } from './postgres/transaction.js';
export type { Connection, Parameters, Queryable } from './postgres/connection.js';
export {
  CommitUnknown,
  DatabaseAway,
  isRefusedCommit,
  sqlStateOf,
  TryAgain,
} from './postgres/database-errors.js';
export { commitOutcome, noteTransaction, type CommitOutcome } from './postgres/commit-outcome.js';
export { checkDurability, NotDurable } from './postgres/settings-check.js';
export {
  checkSchema,
  migrate,
  platformMigrations,
  SchemaMismatch,
  type MigrateOptions,
} from './postgres/migrator.js';
export { expectNoCardInKey, Idempotent } from './http/idempotent.js';
export { actionKey } from './http/action-key.js';
export { canonicalJson } from './http/canonical-json.js';
export {
  cursorPage,
  decodeCursor,
  encodeCursor,
  page,
  parsePageSize,
  turnedPage,
  wrongCursor,
} from './http/cursor.js';
export type { CursorPage, Page } from './http/cursor.js';

// event store
export { appendEvents, loadStream } from './event-store/event-store.js';
export type { LoadedStream, NewEvent, StoredEvent, StreamPosition } from './event-store/event-store.js';

// messaging
export { Messaging, RecordTooLarge, TopicMismatch } from './messaging/messaging.js';
export type {
  Delivery,
  IncomingRecord,
  OutgoingRecord,
  SubscribeOptions,
  Subscription,
} from './messaging/messaging.js';
export { deadTopicOf, shapesOf, type TopicDeclaration, type TopicShape } from './messaging/topic.js';
export { toHeaders, type CloudEvent } from './messaging/cloud-event.js';
export { InMemoryMessaging } from './messaging/in-memory-messaging.js';
export { kafkaMessaging, type KafkaOptions } from './messaging/kafka/kafka-messaging.js';
export type { KafkaLogin } from './messaging/kafka/kafka-login.js';
export { enqueue, type OutgoingMessage } from './messaging/producing/outbox.js';
export { OutboxRelay, type OutboxRelayOptions } from './messaging/producing/outbox-relay.js';
export { outboxRelay } from './messaging/producing/outbox-provider.js';
export { type Turn, Turns } from './messaging/producing/turns.js';
export { SequenceGap, SequenceRelay } from './messaging/producing/sequence-relay.js';
export type {
  SequencedRecord,
  SequenceRelayOptions,
  SequenceSource,
} from './messaging/producing/sequence-relay.js';
export { connectConsumers } from './messaging/consuming/connect-consumers.js';
export type { ConsumerOptions } from './messaging/consuming/consumer-strategy.js';
export { EventPattern, MissingEvents } from './messaging/consuming/event-pattern.js';
export type {
  Gap,
  HandlerExtras,
  MessageContext,
  MessageInfo,
  MissedEvent,
} from './messaging/consuming/message.js';
export type { ReceivedMessage, StreamPlace } from './messaging/consuming/message.js';
