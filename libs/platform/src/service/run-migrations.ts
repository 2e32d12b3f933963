import { migrateConfig, type BaseConfig } from './base-config.js';
import { ConfigError, readConfig, type Environment } from './config.js';
import type { ServiceDefinition } from './definition.js';

/** The role `migrate`: the platform's migrations, then the service's own. */
export async function runMigrations<C extends BaseConfig>(
  { name, migrations }: ServiceDefinition<C>,
  env: Environment,
): Promise<void> {
  if (migrations === undefined) throw new Error(`${name} has no migrations`);
  const config = readConfig(migrateConfig, env);
  const url = config.migratorDatabaseUrl ?? config.databaseUrl;
  if (url === undefined) throw new ConfigError(['MIGRATOR_DATABASE_URL is missing']);
  throw new Error('not yet');
}
