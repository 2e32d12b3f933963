import {
  baseConfig,
  type ConfigOf,
  databaseConfig,
  defineConfig,
  duration,
  integer,
  kafkaConfig,
  list,
  optional,
  port,
  secret,
  tenantsConfig,
  text,
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
  /** Commands of one ledger that must wait before they are decided while others are written. */
  writerOverlap: integer('WRITER_OVERLAP', 64),
  /** Balances that the writers of all ledgers keep in memory; the ledger used longest ago forgets first. */
  writerBalances: integer('WRITER_BALANCES', 400_000),
  bulkLimit: integer('BULK_LIMIT', 1000),
  /** What this installation is called in checkpoints. */
  checkpointName: text('CHECKPOINT_NAME', 'defter.local'),
  /** The Ed25519 key that signs checkpoints, as PEM, or the file that it is in. */
  checkpointKey: optional(secret('CHECKPOINT_KEY')),
  checkpointKeyFile: optional(text('CHECKPOINT_KEY_FILE')),
  /** Verifier keys whose signatures count too: those of before a rotation. */
  checkpointPublicKeys: list('CHECKPOINT_PUBLIC_KEYS', []),
  checkpointIntervalMs: duration('CHECKPOINT_INTERVAL', 5_000),
});

export type LedgerConfig = ConfigOf<typeof config>;
