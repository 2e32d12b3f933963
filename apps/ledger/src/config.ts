import {
  baseConfig,
  type ConfigOf,
  databaseConfig,
  defineConfig,
  integer,
  kafkaConfig,
  port,
  tenantsConfig,
} from '@defter/platform';

export const config = defineConfig({
  ...baseConfig,
  ...databaseConfig,
  ...kafkaConfig,
  ...tenantsConfig,
  httpPort: port('HTTP_PORT', 4100),
  managementPort: port('MANAGEMENT_PORT', 4109),
  grpcPort: port('GRPC_PORT', 4101),
  /** Connections that write at the same time; each ledger uses one at a time. */
  writerConnections: integer('WRITER_CONNECTIONS', 4),
  /** Commands of one ledger that may wait for a commit; beyond it callers hear 503. */
  writerQueueLimit: integer('WRITER_QUEUE_LIMIT', 8192),
  bulkLimit: integer('BULK_LIMIT', 1000),
});

export type LedgerConfig = ConfigOf<typeof config>;
