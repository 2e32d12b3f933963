import {
  baseConfig,
  type ConfigOf,
  databaseConfig,
  defineConfig,
  duration,
  integer,
  kafkaConfig,
  port,
  tenantsConfig,
} from '@defter/platform';

/** The service's configuration; the only reader of the environment. */
export const config = defineConfig({
  ...baseConfig,
  ...databaseConfig,
  ...kafkaConfig,
  ...tenantsConfig,
  httpPort: port('HTTP_PORT', 4300),
  managementPort: port('MANAGEMENT_PORT', 4309),
  /** How many of our own proxies add to X-Forwarded-For; 0: the address of the socket counts. */
  trustedProxyHops: integer('TRUSTED_PROXY_HOPS', 0),
  /** Requests without a valid signature, a second and process, until their source is limited. */
  refusalsPerAddress: integer('REFUSALS_PER_ADDRESS', 10),
  refusalsPerConnection: integer('REFUSALS_PER_CONNECTION', 50),
  /** How many requests of limited sources a process lets in a second. */
  limitedPerSecond: integer('LIMITED_PER_SECOND', 500),
  /** How long the body of a request may take to come. */
  bodyTimeoutMs: duration('BODY_TIMEOUT', 10_000),
});
export type Config = ConfigOf<typeof config>;
