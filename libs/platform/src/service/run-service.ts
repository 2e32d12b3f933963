import type { BaseConfig } from './base-config.js';
import { ConfigError, describeConfig, readConfig } from './config.js';
import { createApp, rolesOf } from './create-app.js';
import type { ServiceDefinition } from './definition.js';
import { exitOnCrash, stopOnSignal } from './process.js';
import { Lifecycle } from './lifecycle.js';
import { createLogger } from './logger.js';
import { runCommand } from './run-command.js';
import { runJob } from './run-job.js';
import { runMigrations } from './run-migrations.js';

/** Names a bug of a laboratory build; the real thing doesn't start with it. */
export const LABORATORY_BUG = 'DEFTER_BUG';

/** Exit codes of sysexits.h: wrong usage, wrong configuration. */
const exitUsage = 64;
const exitConfig = 78;

/**
 * The whole of an app's main: `node main.js <role>[,<role>…]`, with `--print-config` or
 * `--print-crash-points` to print these and end. Role `migrate` runs the
 * migrations and exits; `node main.js <job> [options]` runs a job or command of the service and exits with
 * its code.
 * Exit codes: 0 orderly, 1 crash or failed start, 64 unknown role, 78 wrong configuration.
 */
export async function runService<C extends BaseConfig>(definition: ServiceDefinition<C>): Promise<void> {
  const words = process.argv.slice(2);
  const flags = words.filter((word) => word.startsWith('--'));
  const roles = words.find((word) => !word.startsWith('--'))?.split(',') ?? [];
  try {
    refuseBugs();
    const work = workOf(definition, words[0]);
    if (work !== undefined) process.exit(await work(words.slice(1)));
    refuseUnknown(flags);
    if (flags.includes('--print-config')) return printConfig(definition);
    if (flags.includes('--print-crash-points')) return printCrashPoints(definition);
    if (roles.length === 1 && roles[0] === 'migrate') return await runMigrations(definition, process.env);
    if (roles.length === 0)
      throw new UsageError(`${definition.name} needs a role: ${Object.keys(definition.roles).join(', ')}`);
    chooseRoles(definition, roles);
    await serve(definition, roles);
  } catch (error) {
    process.exit(explain(definition.name, error));
  }
}

class UsageError extends Error {}

const FLAGS: readonly string[] = ['--print-config', '--print-crash-points'];

/** The job or command of that name. */
function workOf<C extends BaseConfig>(
  definition: ServiceDefinition<C>,
  name = '',
): ((args: readonly string[]) => Promise<number>) | undefined {
  const { jobs = {}, commands = {} } = definition;
  const job = ownOf(jobs, name);
  if (job !== undefined) return (args) => runJob(definition.name, job, args, process.env);
  const command = ownOf(commands, name);
  return command && ((args) => runCommand(definition, command, args, process.env));
}

const ownOf = <T>(all: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(all, name) ? all[name] : undefined;

async function serve<C extends BaseConfig>(
  definition: ServiceDefinition<C>,
  roles: readonly string[],
): Promise<void> {
  const { logLevel, shutdownTimeoutMs } = readConfig(definition.config, process.env);
  const logger = createLogger(definition.name, logLevel);
  exitOnCrash(logger);
  const starting = createApp(definition, roles, process.env, { logger });
  stopOnSignal(starting, logger, shutdownTimeoutMs);
  const service = await starting;
  // Another process takes over what a dead consumer held; this one can't get better.
  service.get(Lifecycle).whenDead(() => process.exit(1));
}

function chooseRoles<C extends BaseConfig>(definition: ServiceDefinition<C>, roles: readonly string[]): void {
  try {
    rolesOf(definition, roles);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function refuseBugs(): void {
  if (process.env[LABORATORY_BUG])
    throw new ConfigError([`${LABORATORY_BUG} is for laboratory builds; this is the real service`]);
}

function refuseUnknown(flags: readonly string[]): void {
  const unknown = flags.find((flag) => !FLAGS.includes(flag));
  if (unknown !== undefined) throw new UsageError(`Unknown option ${unknown}; there is ${FLAGS.join(', ')}`);
}

function printConfig<C extends BaseConfig>({ config }: ServiceDefinition<C>): void {
  process.stdout.write(`${describeConfig(config, readConfig(config, process.env))}\n`);
}

function printCrashPoints<C extends BaseConfig>({ crashPoints = [] }: ServiceDefinition<C>): void {
  process.stdout.write(crashPoints.map((point) => `${point}\n`).join(''));
}

/** Says on stderr why there is no service, and gives the exit code. */
function explain(name: string, error: unknown): number {
  if (error instanceof ConfigError || error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    return error instanceof ConfigError ? exitConfig : exitUsage;
  }
  createLogger(name, 'info').fatal(
    `${name} did not start: ${error instanceof Error ? error.message : String(error)}`,
    { error },
  );
  return 1;
}
