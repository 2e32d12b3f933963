import {
  baseConfig,
  bool,
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
  type Setting,
  tenantsConfig,
  text,
} from '@defter/platform';

/** Durations with units, comma separated: `0s,5s,5m`. */
const durations = (env: string, fallback: readonly number[]): Setting<readonly number[]> => ({
  env,
  secret: false,
  optional: false,
  fallback,
  parse: (value) => value.split(',').map((item) => duration(env).parse(item.trim())),
});

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The only reader of the environment. */
export const config = defineConfig({
  ...baseConfig,
  ...databaseConfig,
  ...kafkaConfig,
  ...tenantsConfig,
  httpPort: port('HTTP_PORT', 4600),
  managementPort: port('MANAGEMENT_PORT', 4609),
  /** Keys that seal secrets in the database, 32 bytes in base64, one a line; the first one seals. */
  sealingKeys: optional(secret('SEALING_KEYS')),
  sealingKeysFile: optional(text('SEALING_KEYS_FILE')),
  /** For demonstrations and tests. */
  allowHttp: bool('ALLOW_HTTP', false),
  allowLoopback: bool('ALLOW_LOOPBACK', false),
  /** Ports that an endpoint may have; `*` allows all. */
  allowedPorts: list('ALLOWED_PORTS', ['443']),
  /** Further networks that are never connected to, such as this installation's public ones. */
  refusedNetworks: optional(list('REFUSED_NETWORKS')),
  endpointLimit: integer('ENDPOINT_LIMIT', 100),
  /**
   * Calls at the same time in one process: those that go well, and beside them those that take long or
   * fail.
   */
  concurrency: integer('DELIVERY_CONCURRENCY', 64),
  troubledConcurrency: integer('TROUBLED_CONCURRENCY', 64),
  /** A call that lasts longer than this counts as one that takes long. */
  slowAfterMs: duration('SLOW_AFTER', 2 * SECOND_MS),
  connectTimeoutMs: duration('CONNECT_TIMEOUT', 5 * SECOND_MS),
  /** From the start until the answer's headers are there. */
  answerTimeoutMs: duration('ANSWER_TIMEOUT', 20 * SECOND_MS),
  /** How long an answer's body is read after its headers. */
  bodyTimeoutMs: duration('BODY_TIMEOUT', 2 * SECOND_MS),
  /** After this a worker that says nothing has lost its delivery; longer than any call. */
  leaseMs: duration('DELIVERY_LEASE', MINUTE_MS),
  pollMs: duration('POLL_INTERVAL', 500),
  /** Standard Webhooks' ladder: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h. */
  ladderMs: durations('RETRY_LADDER', [
    ...[0, 5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS],
    ...[2 * HOUR_MS, 5 * HOUR_MS, 10 * HOUR_MS, 10 * HOUR_MS],
  ]),
  longestRetryAfterMs: duration('LONGEST_RETRY_AFTER', DAY_MS),
  /** Failures without a success for so long disable an endpoint. */
  disableAfterMs: duration('DISABLE_AFTER', 5 * DAY_MS),
  /** How long messages with their deliveries and attempts are kept. */
  keepMs: duration('KEEP_MESSAGES', 30 * DAY_MS),
  housekeepingMs: duration('HOUSEKEEPING_INTERVAL', MINUTE_MS),
});

export type Config = ConfigOf<typeof config>;
