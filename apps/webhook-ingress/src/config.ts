import {
  baseConfig,
  type ConfigOf,
  databaseConfig,
  defineConfig,
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
});
export type Config = ConfigOf<typeof config>;
