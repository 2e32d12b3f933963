// service
export { runService } from './service/run-service.js';
export { createApp } from './service/create-app.js';
export type { Overrides, Role, RunningService, ServiceDefinition } from './service/definition.js';
export { ConfigError, defineConfig, describeConfig, readConfig } from './service/config.js';
export type { ConfigOf, ConfigSchema, Environment, Setting } from './service/config.js';
export { bool, duration, integer, list, oneOf, optional, port, secret, text, url } from './service/settings.js';
export { baseConfig, databaseConfig, kafkaConfig, tenantsConfig } from './service/base-config.js';
export type { BaseConfig, DatabaseConfig, KafkaConfig, TenantsConfig } from './service/base-config.js';
export { CLOCK, CONFIG } from './service/injection.js';
export { createLogger, Logger } from './service/logger.js';
export { Lifecycle } from './service/lifecycle.js';
export type { Task } from './service/lifecycle.js';
export { Metrics } from './service/metrics.js';
export { SettingsFile } from './settings-file.js';

// http
export { authenticateToken, type GivenToken } from './http/authenticate-token.js';
export { JsonError, LosslessNumber, parseJson } from './http/json-read.js';
export { RawJson, writeJson } from './http/json-write.js';
export { Fault, malformed, notFound, ProblemException, RefusedException, respond } from './http/problem.js';
export type { InputError, Problem, ProblemBody, ProblemShape } from './http/problem.js';
export { BodyLimit, Caller, Public, RawBody, Scope } from './http/route.js';
export { IsAmount, IsAssetCode, IsCurrency, toAmount } from './http/validators.js';
export { currentTrace, withTrace } from './http/trace.js';
export type { Trace } from './http/trace.js';

// postgres
export { Database, type DatabaseOptions, type PoolUse, type TransactionOptions } from './postgres/database.js';
export type { Transaction } from './postgres/transaction.js';
export type { Connection, Parameters, Queryable } from './postgres/connection.js';
export { CommitUnknown, DatabaseAway, sqlStateOf, TryAgain } from './postgres/database-errors.js';
export { commitOutcome, noteTransaction, type CommitOutcome } from './postgres/commit-outcome.js';
export { checkDurability, NotDurable } from './postgres/settings-check.js';
export { checkSchema, migrate, platformMigrations, SchemaMismatch, type MigrateOptions } from './postgres/migrator.js';
export { Idempotent } from './http/idempotent.js';
export { canonicalJson } from './http/canonical-json.js';
export { cursorPage, decodeCursor, encodeCursor, page, parsePageSize } from './http/cursor.js';
export type { CursorPage, Page } from './http/cursor.js';
