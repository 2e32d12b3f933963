import type { BaseConfig } from './base-config.js';
import { readConfig, type Environment } from './config.js';
import { createApp } from './create-app.js';
import type { Command, ServiceDefinition } from './definition.js';
import { createLogger } from './logger.js';
import { exitOnCrash } from './process.js';

/**
 * Starts the command's role as any process of the service has it (the service's own rights in the database),
 * runs the command and gives its exit code. SIGTERM and SIGINT stop the role's tasks; the command hears that
 * from them, ends at its next step and says so by its exit code. Any port is free for its management: the
 * service itself may run on the same machine.
 */
export async function runCommand<C extends BaseConfig>(
  definition: ServiceDefinition<C>,
  { role, run }: Command,
  args: readonly string[],
  env: Environment,
): Promise<number> {
  const surroundings = { ...env, MANAGEMENT_PORT: '0' };
  const { logLevel, shutdownTimeoutMs } = readConfig(definition.config, surroundings);
  const logger = createLogger(definition.name, logLevel);
  exitOnCrash(logger);
  const service = await createApp(definition, [role], surroundings, { logger });
  const stop = (signal: NodeJS.Signals): void => {
    logger.info(`${signal}: stopping`, { limitMs: shutdownTimeoutMs });
    setTimeout(() => process.exit(1), shutdownTimeoutMs).unref();
    service.stop().catch((error: unknown) => logger.error('Stopping failed', { error }));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  try {
    return await run({ service, args, print });
  } finally {
    await service.stop();
  }
}
