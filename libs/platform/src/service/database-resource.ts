import { Database } from '../postgres/database.js';
import { checkSchema } from '../postgres/migrator.js';
import { checkDurability } from '../postgres/settings-check.js';
import type { BaseConfig, DatabaseConfig } from './base-config.js';
import type { ServiceDefinition } from './definition.js';
import type { Lifecycle } from './lifecycle.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';

interface Tools {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
}

/**
 * The service's database, when its configuration names one. A server that can lose acknowledged commits
 * stops the start; a schema that this program doesn't know exactly, or a database that is away, keeps the
 * service unready.
 */
export function openDatabase<C extends BaseConfig>(
  definition: ServiceDefinition<C>,
  config: BaseConfig & Partial<DatabaseConfig>,
  { logger, metrics, lifecycle }: Tools,
): Database | undefined {
  const { databaseUrl, databasePoolSize = 8 } = config;
  if (databaseUrl === undefined) return undefined;
  const database = new Database({
    url: databaseUrl,
    name: definition.name,
    logger,
    poolSize: databasePoolSize,
  });
  metrics.gauge(
    'defter_platform_pool_connections',
    'Connections of the database pool by state',
    ['state'],
    (gauge) => {
      const { total, idle, waiting } = database.pool;
      gauge.set({ state: 'idle' }, idle);
      gauge.set({ state: 'used' }, total - idle);
      gauge.set({ state: 'waiting' }, waiting);
    },
  );
  lifecycle.register({
    name: 'database',
    start: () => checkDurability(database),
    stop: () => Promise.resolve(),
    ready: async () => {
      try {
        await checkOnOwnConnection(database, definition.migrations);
        return true;
      } catch (error) {
        logger.warn(`Not ready: ${(error as Error).message}`);
        return false;
      }
    },
  });
  return database;
}

/** Not through the pool: a service that is busy with its backlog after a crash is ready all the same. */
async function checkOnOwnConnection(database: Database, migrations: URL | undefined): Promise<void> {
  const session = await database.session();
  try {
    await checkSchema(session, migrations);
  } finally {
    session.release();
  }
}
