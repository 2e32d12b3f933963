import {
  baseConfig,
  type ConfigOf,
  databaseConfig,
  defineConfig,
  duration,
  integer,
  kafkaConfig,
  list,
  oneOf,
  optional,
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
  /** How long the bytes of files that were handed in stay; what was read of them stays for ever. */
  fileHistoryMs: duration('FILE_HISTORY', 366 * 24 * HOUR_MS),
  /** The largest file that may be handed in. */
  fileLimitBytes: integer('FILE_LIMIT_BYTES', 536_870_912),
  /** Whose midnight ends our business day. */
  businessZone: text('BUSINESS_ZONE', 'Europe/Istanbul'),
  runPollMs: duration('RUN_POLL', 250),
  /** A run whose worker has said nothing for so long is taken over. */
  runLeaseMs: duration('RUN_LEASE', 20_000),
  /** The longest that `POST …/run?wait=true` waits before it answers 202. */
  runWaitMs: duration('RUN_WAIT', 30_000),
  /** How long a proposed correction may wait for its approval, and for what confirms it. */
  proposalLifeMs: duration('PROPOSAL_LIFE', 24 * HOUR_MS),
  correctionPollMs: duration('CORRECTION_POLL', 1_000),
  /** Who asks the ledger for a correction has so long; then others ask, with the same key. */
  correctionLeaseMs: duration('CORRECTION_LEASE', 30_000),
  /** A job whose process has said nothing for so long is taken over. */
  jobLeaseMs: duration('JOB_LEASE', 60_000),
  jobPollMs: duration('JOB_POLL', 1_000),
  /** How long runs of jobs stay; the newest success of each job stays for ever. */
  jobHistoryMs: duration('JOB_HISTORY', 90 * 24 * HOUR_MS),
  /** Where the ledger's balances and payments' payouts are asked for. */
  ledgerUrl: url('LEDGER_URL', 'http://127.0.0.1:4100'),
  paymentsUrl: url('PAYMENTS_URL', 'http://127.0.0.1:4200'),
  /** For one answer of another service of ours. */
  serviceTimeoutMs: duration('SERVICE_TIMEOUT', 10_000),
  /** `<name>=<URL>` of every management port whose metrics the jobs read. */
  watchedServices: list('WATCHED_SERVICES', []),
  /** Where the metrics of all services are kept; without it there is no SLO report. */
  prometheusUrl: optional(url('PROMETHEUS_URL')),
  /** For one question about a week. */
  prometheusTimeoutMs: duration('PROMETHEUS_TIMEOUT', 60_000),
  /** The register of exemptions that `exemption-check` reads. */
  exemptionsFile: optional(text('EXEMPTIONS_FILE')),
  /** How long an operation may be without an outcome before that is a finding. */
  unknownAfterMs: duration('UNKNOWN_AFTER', HOUR_MS),
  /** How old an unpublished message, or an event that hasn't arrived here, may be. */
  streamLateAfterMs: duration('STREAM_LATE_AFTER', 300_000),
  /** Reports are also put here, as e-mail files; nowhere when empty. */
  reportMailDir: optional(text('REPORT_MAIL_DIR')),
  reportMailFrom: text('REPORT_MAIL_FROM', 'defter@localhost'),
  reportMailTo: text('REPORT_MAIL_TO', 'reports@localhost'),
  reportLanguage: oneOf('REPORT_LANGUAGE', ['en', 'tr'], 'en'),
});
export type Config = ConfigOf<typeof config>;
