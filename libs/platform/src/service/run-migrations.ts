import { migrateConfig, type BaseConfig } from './base-config.js';
import { ConfigError, readConfig, type Environment } from './config.js';
import type { ServiceDefinition } from './definition.js';
import { createLogger } from './logger.js';
import { migrate } from '../postgres/migrator.js';

/**
 * The role `migrate`: the platform's migrations, then the service's own, as the owner
 * (MIGRATOR_DATABASE_URL). The role that gets the grants is the one of DATABASE_URL.
 */
export async function runMigrations<C extends BaseConfig>(
  { name, migrations }: ServiceDefinition<C>,
  env: Environment,
): Promise<void> {
  if (migrations === undefined) throw new Error(`${name} has no migrations`);
  const config = readConfig(migrateConfig, env);
  const url = config.migratorDatabaseUrl ?? config.databaseUrl;
  if (url === undefined) throw new ConfigError(['MIGRATOR_DATABASE_URL is missing']);
  const serviceRole =
    config.databaseUrl === undefined ? undefined : decodeURIComponent(new URL(config.databaseUrl).username);
  const logger = createLogger(name, config.logLevel);
  await migrate({
    url,
    migrations,
    logger,
    ...(serviceRole !== undefined && serviceRole !== '' && { serviceRole }),
  });
}
