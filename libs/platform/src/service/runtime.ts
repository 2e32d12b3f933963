import type { Provider } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { systemClock } from '@defter/kernel';
import { parseCredentials } from '../http/credentials.js';
import { Messaging } from '../messaging/messaging.js';
import { Database } from '../postgres/database.js';
import { SettingsFile } from '../settings-file.js';
import type { BaseConfig } from './base-config.js';
import { armCrashPoint, CrashPoints } from './crash-points.js';
import type { Overrides, Role, ServiceDefinition } from './definition.js';
import { openDatabase } from './database-resource.js';
import { CLOCK, CONFIG } from './injection.js';
import { Lifecycle } from './lifecycle.js';
import { createLogger, Logger } from './logger.js';
import { openMessaging } from './messaging-resource.js';
import { Metrics } from './metrics.js';

/**
 * What exists before the service's own modules: opened by the configuration, injected everywhere, closed
 * last.
 */
export interface Runtime {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly lifecycle: Lifecycle;
  readonly settings: SettingsFile | undefined;
  readonly providers: Provider[];
  connectConsumers(app: NestFastifyApplication): void;
  close(): Promise<void>;
}

/** Opens what the configuration names: a field that is absent means the service doesn't have that thing. */
export async function openRuntime<C extends BaseConfig>(
  definition: ServiceDefinition<C>,
  config: C,
  { roles, overrides }: { readonly roles: readonly Role<C>[]; readonly overrides: Overrides },
): Promise<Runtime> {
  const logger = overrides.logger ?? createLogger(definition.name, config.logLevel);
  const metrics = new Metrics(definition.name);
  const lifecycle = new Lifecycle(logger);
  const crashPoints = armCrashPoint(definition.crashPoints ?? [], config.crashPoint);
  const settings = await openSettings(config, logger);
  const tools = { logger, metrics, lifecycle };
  const database = openDatabase(definition, config, tools);
  const messaging = openMessaging(definition.name, config, roles, tools);
  const providers: Provider[] = [
    { provide: CONFIG, useValue: config },
    { provide: CLOCK, useValue: overrides.clock ?? systemClock },
    { provide: Logger, useValue: logger },
    { provide: Metrics, useValue: metrics },
    { provide: Lifecycle, useValue: lifecycle },
    { provide: CrashPoints, useValue: crashPoints },
    ...(settings === undefined ? [] : [{ provide: SettingsFile, useValue: settings }]),
    ...(database === undefined ? [] : [{ provide: Database, useValue: database }]),
    ...(messaging === undefined ? [] : [{ provide: Messaging, useValue: messaging.messaging }]),
  ];
  return {
    logger,
    metrics,
    lifecycle,
    settings,
    providers,
    connectConsumers: (app) => messaging?.connectConsumers(app, database),
    close: async () => {
      lifecycle.at('messages still to be published');
      await messaging?.messaging.close();
      lifecycle.at('database connections still in use');
      await database?.close();
    },
  };
}

/** Opens and reads the settings file, so that a missing or wrong one stops the start. */
async function openSettings(config: BaseConfig & { readonly tenantsFile?: string }, logger: Logger) {
  if (config.tenantsFile === undefined) return undefined;
  const settings = new SettingsFile(config.tenantsFile, (message) =>
    logger.error(`Keeping the last good content: ${message}`),
  );
  await settings.read(parseCredentials);
  return settings;
}
