import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ProblemFilter } from '../http/problem-filter.js';
import { createAdapter } from '../http/server.js';
import { StrictValidation } from '../http/validation.js';
import type { BaseConfig } from './base-config.js';
import { readConfig, type Environment } from './config.js';
import type { Overrides, Role, RunningService, ServiceDefinition } from './definition.js';
import { startManagement, type ManagementServer } from './management.js';
import { nestLogger } from './logger.js';
import { openRuntime, type Runtime } from './runtime.js';
import { platformModule, serviceModule } from './root-module.js';

/**
 * Connections that may wait to be accepted. Node's 511 is less than the callers that come at once after a
 * restart; the system drops or resets the rest, and these callers don't even hear 503. The kernel's
 * `net.core.somaxconn` still limits it.
 */
const LISTEN_BACKLOG = 4_096;

/**
 * Starts the given roles of a service in this process, exactly as production does.
 * @throws ConfigError with every wrong variable, or the first thing that kept the service from starting
 */
export async function createApp<C extends BaseConfig>(
  definition: ServiceDefinition<C>,
  roles: readonly string[],
  env: Environment,
  overrides: Overrides = {},
): Promise<RunningService> {
  const chosen = rolesOf(definition, roles);
  const config = readConfig(definition.config, env);
  const runtime = await openRuntime(definition, config, { roles: chosen, overrides });
  const opened: Opened = { runtime };
  try {
    // First, so that probes are answered ("starting") while a slow dependency is waited for.
    const address = { host: config.httpHost, port: config.managementPort };
    opened.management = await startManagement(address, runtime.lifecycle, runtime.metrics);
    opened.app = await assemble(definition, config, chosen, { runtime, overrides });
    const url = await start(opened.app, config, chosen, runtime);
    runtime.logger.info(`${definition.name} is running`, { roles, url, management: opened.management.url });
    return running(opened.app, opened.management.url, url, () => shutDown(opened));
  } catch (error) {
    await shutDown(opened).catch((second: unknown) =>
      runtime.logger.error('Cleaning up failed', { error: second }),
    );
    throw error;
  }
}

/** What a start has opened so far, in the order of opening. */
interface Opened {
  readonly runtime: Runtime;
  management?: ManagementServer;
  app?: NestFastifyApplication;
}

/** The roles by their names. @throws Error listing the roles that exist */
export function rolesOf<C extends BaseConfig>(
  definition: ServiceDefinition<C>,
  names: readonly string[],
): Role<C>[] {
  return names.map((name) => {
    const role = Object.hasOwn(definition.roles, name) ? definition.roles[name] : undefined;
    if (role !== undefined) return role;
    const known = [...Object.keys(definition.roles), ...(definition.migrations ? ['migrate'] : [])];
    throw new Error(`${definition.name} has no role "${name}"; it has ${known.join(', ')}`);
  });
}

async function assemble<C extends BaseConfig>(
  definition: ServiceDefinition<C>,
  config: C,
  roles: readonly Role<C>[],
  { runtime, overrides }: { readonly runtime: Runtime; readonly overrides: Overrides },
): Promise<NestFastifyApplication> {
  const { logger, metrics, settings } = runtime;
  const filter = new ProblemFilter(logger, definition.problemShape, definition.problemMediaType);
  const platform = platformModule([...runtime.providers, { provide: ProblemFilter, useValue: filter }]);
  const parts = [
    ...roles.map((role) => role.module(config)),
    { providers: [...(overrides.providers ?? [])] },
  ];
  const adapter = createAdapter({ corsOrigins: config.corsOrigins, metrics, settings });
  const app = await NestFactory.create<NestFastifyApplication>(serviceModule(platform, parts), adapter, {
    logger: nestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalFilters(filter);
  app.useGlobalPipes(new StrictValidation());
  return app;
}

/** Brings everything up; requests are let in last. */
async function start<C extends BaseConfig>(
  app: NestFastifyApplication,
  config: C,
  roles: readonly Role<C>[],
  runtime: Runtime,
): Promise<string> {
  runtime.connectConsumers(app);
  await app.init();
  await runtime.lifecycle.start();
  let url = '';
  if (roles.some(({ http }) => http)) {
    await app.listen({ port: config.httpPort, host: config.httpHost, backlog: LISTEN_BACKLOG });
    url = await app.getUrl();
  }
  runtime.lifecycle.running();
  return url;
}

/** Unready, HTTP and consumers drained, tasks stopped in reverse, messaging and pools closed. */
async function shutDown({ runtime, management, app }: Opened): Promise<void> {
  const { lifecycle, logger } = runtime;
  lifecycle.unready();
  lifecycle.at('open requests and messages in hand');
  if (app !== undefined)
    await drain(app).catch((error: unknown) => logger.error('Closing the server failed', { error }));
  await lifecycle.stop();
  await runtime.close();
  lifecycle.at('management port');
  await management?.close();
}

/**
 * Closes when the open requests have been answered. A connection kept alive would hold the server open
 * after its answer.
 */
async function drain(app: NestFastifyApplication): Promise<void> {
  const sweep = setInterval(() => app.getHttpServer().closeIdleConnections(), 50);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
  }
}

function running(
  app: NestFastifyApplication,
  managementUrl: string,
  url: string,
  shutDownOnce: () => Promise<void>,
): RunningService {
  let stopping: Promise<void> | undefined;
  return {
    app,
    url,
    managementUrl,
    get: <T>(token: (abstract new (...parameters: never[]) => T) | symbol | string) =>
      app.get<T>(token as symbol, { strict: false }),
    stop: () => (stopping ??= shutDownOnce()),
  };
}
