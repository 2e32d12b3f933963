import { Database } from '../postgres/database.js';
import { migrateConfig } from './base-config.js';
import { ConfigError, readConfig, type Environment } from './config.js';
import type { Job } from './definition.js';
import { createLogger } from './logger.js';

/** A job reads and writes whole tables; what a request may take would end it halfway. */
const STATEMENT_LIMIT_MS = 3_600_000;

/**
 * Runs a job of a service as the owner of its database and gives its exit code. It needs no other variable
 * than the migrations do.
 */
export async function runJob(
  name: string,
  job: Job,
  args: readonly string[],
  env: Environment,
): Promise<number> {
  const config = readConfig(migrateConfig, env);
  const url = config.migratorDatabaseUrl;
  if (url === undefined) throw new ConfigError(['MIGRATOR_DATABASE_URL is missing']);
  const logger = createLogger(name, config.logLevel);
  const owner = new Database({
    url,
    name: `${name} job`,
    logger,
    poolSize: 2,
    statementTimeoutMs: STATEMENT_LIMIT_MS,
    idleInTransactionTimeoutMs: STATEMENT_LIMIT_MS,
  });
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  try {
    return await job({ args, owner, env, print });
  } finally {
    await owner.close();
  }
}
