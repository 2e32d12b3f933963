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
  type Setting,
  tenantsConfig,
  text,
  url,
} from '@defter/platform';

/** Durations with units, comma separated: `1m,5m,1h`. */
const durations = (env: string, fallback: readonly number[]): Setting<readonly number[]> => ({
  env,
  secret: false,
  optional: false,
  fallback,
  parse: (value) => value.split(',').map((item) => duration(env).parse(item.trim())),
});

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** The only reader of the environment. */
export const config = defineConfig({
  ...baseConfig,
  ...databaseConfig,
  ...kafkaConfig,
  ...tenantsConfig,
  /** Requests, four consumers with a transaction per partition, provider calls' results, timers. */
  databasePoolSize: integer('DATABASE_POOL_SIZE', 24),
  httpPort: port('HTTP_PORT', 4200),
  managementPort: port('MANAGEMENT_PORT', 4209),
  ledgerUrl: url('LEDGER_URL', 'http://127.0.0.1:4100'),
  ledgerGrpcUrl: text('LEDGER_GRPC_URL', '127.0.0.1:4101'),
  serviceToken: secret('SERVICE_TOKEN'),
  mockPspUrl: url('MOCK_PSP_URL', 'http://127.0.0.1:4500'),
  stripeUrl: url('STRIPE_URL', 'https://api.stripe.com'),
  iyzicoUrl: url('IYZICO_URL', 'https://api.iyzipay.com'),
  paytrUrl: url('PAYTR_URL', 'https://www.paytr.com'),
  /** Where payers' browsers reach this service: the start of every checkout page's address. */
  checkoutUrl: url('CHECKOUT_URL', 'http://127.0.0.1:4200'),
  /** For one call to the ledger, and for one to a provider. */
  ledgerTimeoutMs: duration('LEDGER_TIMEOUT', 2_000),
  providerTimeoutMs: duration('PROVIDER_TIMEOUT', 10_000),
  /** Provider calls at the same time in one process; of one connection half of them at most. */
  providerConcurrency: integer('PROVIDER_CONCURRENCY', 32),
  /** How often queues are looked at when nothing wakes us. */
  pollMs: duration('POLL_INTERVAL', 200),
  /** After this a runner that says nothing has lost its operation; longer than any provider call. */
  leaseMs: duration('OPERATION_LEASE', 30_000),
  /** Look-ups of what is unknown; after the last comes an alarm. */
  lookupLadderMs: durations('LOOKUP_LADDER', [
    MINUTE_MS,
    5 * MINUTE_MS,
    60 * MINUTE_MS,
    ...Array.from({ length: 5 }, () => DAY_MS),
  ]),
  /** How long a pending operation may wait for its webhook. */
  pendingLookupMs: duration('PENDING_LOOKUP_AFTER', 10 * MINUTE_MS),
  /** How often an open dispute is looked up, where the provider can be asked about disputes. */
  disputeLookupMs: duration('DISPUTE_LOOKUP_AFTER', DAY_MS),
  /** After this without news people are called to an open dispute, where the provider can't be asked. */
  disputePatienceMs: duration('DISPUTE_PATIENCE', 30 * DAY_MS),
  /** How long an attempt may wait for its payer before it is given up; noted with each attempt. */
  challengeExpiresMs: duration('CHALLENGE_EXPIRES', 60 * MINUTE_MS),
  /** Sending again what provably never left; after the last comes an alarm. */
  resendMs: durations('RESEND_LADDER', [1_000, 5_000, 30_000, MINUTE_MS, 5 * MINUTE_MS, 60 * MINUTE_MS]),
  /** When the ledger is asked again for the hold of a payout that is still `reserving`. */
  reserveRetryMs: duration('RESERVE_RETRY', 5_000),
  /** When the ledger is asked what became of a booking that it has not answered. */
  bookingRetryMs: duration('BOOKING_RETRY', MINUTE_MS),
  /** When an open payout without progress counts as stuck. */
  stuckAfterMs: duration('STUCK_AFTER', 15 * MINUTE_MS),
  /** When an event that fits no operation of ours becomes a finding. */
  parkedEventLimitMs: duration('PARKED_EVENT_LIMIT', 60 * MINUTE_MS),
  /** After that it is tried only when an operation appears that it may be about. */
  parkedEventRetryMs: duration('PARKED_EVENT_RETRY', 30 * DAY_MS),
});

export type PaymentsConfig = ConfigOf<typeof config>;
