import type { ConfigOf } from './config.js';
import { bool, duration, integer, list, oneOf, optional, port, secret, text } from './settings.js';

/** What every service has. Apps override the ports with their own defaults. */
export const baseConfig = {
  httpHost: text('HTTP_HOST', '127.0.0.1'),
  httpPort: port('HTTP_PORT'),
  managementPort: port('MANAGEMENT_PORT'),
  logLevel: oneOf('LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info'),
  shutdownTimeoutMs: duration('SHUTDOWN_TIMEOUT', 20_000),
  corsOrigins: list('CORS_ORIGINS', []),
  /** `<name>[:<nth>]`: ends the process there as kill -9 would; only for tests of crashes. */
  crashPoint: optional(text('DEFTER_CRASH_POINT')),
};
export type BaseConfig = ConfigOf<typeof baseConfig>;

/** A service with its own database: `Database` becomes injectable. */
export const databaseConfig = {
  databaseUrl: secret('DATABASE_URL'),
  databasePoolSize: integer('DATABASE_POOL_SIZE', 8),
};
export type DatabaseConfig = ConfigOf<typeof databaseConfig>;

/** A service on Kafka: `Messaging` becomes injectable. */
export const kafkaConfig = {
  kafkaBrokers: list('KAFKA_BROKERS'),
  /** A dead consumer holds its partitions for so long. */
  kafkaSessionTimeoutMs: duration('KAFKA_SESSION_TIMEOUT', 6_000),
  /** Logs in by SASL/SCRAM-SHA-512, with one of the two passwords; without a user nobody logs in. */
  kafkaUser: optional(text('KAFKA_USER')),
  kafkaPassword: optional(secret('KAFKA_PASSWORD')),
  /** Read at every new connection, so that a new password needs no new process. */
  kafkaPasswordFile: optional(text('KAFKA_PASSWORD_FILE')),
  /** Encrypts, and checks the brokers' certificates against Node's CAs, or those of this PEM file. */
  kafkaTls: optional(bool('KAFKA_TLS')),
  kafkaCaFile: optional(text('KAFKA_CA_FILE')),
};
export type KafkaConfig = ConfigOf<typeof kafkaConfig>;

/** A service whose callers are tenants: credentials come from the settings file. */
export const tenantsConfig = { tenantsFile: text('TENANTS_FILE') };
export type TenantsConfig = ConfigOf<typeof tenantsConfig>;

/** The `migrate` role reads only this, so that its job needs no other variable. */
export const migrateConfig = {
  logLevel: baseConfig.logLevel,
  migratorDatabaseUrl: optional(secret('MIGRATOR_DATABASE_URL')),
  databaseUrl: optional(secret('DATABASE_URL')),
};
