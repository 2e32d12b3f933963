import {
  baseConfig,
  type ConfigOf,
  databaseConfig,
  defineConfig,
  duration,
  integer,
  kafkaConfig,
  port,
  secret,
  tenantsConfig,
  text,
  url,
} from '@defter/platform';

const HOUR_MS = 3_600_000;

/** The service's configuration; the only reader of the environment. */
export const config = defineConfig({
  ...baseConfig,
  ...databaseConfig,
  ...kafkaConfig,
  ...tenantsConfig,
  httpPort: port('HTTP_PORT', 4400),
  managementPort: port('MANAGEMENT_PORT', 4409),
  /** Where the ledger's events are read when the topic has a gap. */
  ledgerGrpcUrl: text('LEDGER_GRPC_URL', '127.0.0.1:4101'),
  serviceToken: secret('SERVICE_TOKEN'),
  mockPspUrl: url('MOCK_PSP_URL', 'http://127.0.0.1:4500'),
  providerTimeoutMs: duration('PROVIDER_TIMEOUT', 10_000),
  /** How long an operation may be missing in the provider's reports before that is a finding. */
  settlementLagMs: duration('SETTLEMENT_LAG', 48 * HOUR_MS),
  /** How long payments' and the ledger's events may take to reach us. */
  internalLagMs: duration('INTERNAL_LAG', 300_000),
  /** Pass 5: how far apart a line and an operation may be that only their amounts put together. */
  matchWindowMs: duration('MATCH_WINDOW', 24 * HOUR_MS),
  /** Pass 4: how many days after a batch's last line the bank may book it. */
  bankWindowDays: integer('BANK_WINDOW_DAYS', 5),
  /** The largest file that may be handed in. */
  fileLimitBytes: integer('FILE_LIMIT_BYTES', 536_870_912),
  /** Whose midnight ends our business day. */
  businessZone: text('BUSINESS_ZONE', 'Europe/Istanbul'),
  runPollMs: duration('RUN_POLL', 250),
  /** A run whose worker has said nothing for so long is taken over. */
  runLeaseMs: duration('RUN_LEASE', 60_000),
  /** The longest that `POST …/run?wait=true` waits before it answers 202. */
  runWaitMs: duration('RUN_WAIT', 30_000),
});
export type Config = ConfigOf<typeof config>;
