import type { ModuleMetadata, Provider } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Clock } from '@defter/kernel';
import type { ProblemShape } from '../http/problem.js';
import type { TopicDeclaration } from '../messaging/topic.js';
import type { Database } from '../postgres/database.js';
import type { BaseConfig } from './base-config.js';
import type { ConfigSchema, Environment } from './config.js';
import type { Logger } from './logger.js';

/** One way a service runs (http, worker, …). Roles given together share one process and one module. */
export interface Role<C> {
  readonly module: (config: C) => ModuleMetadata;
  /** Listens on the configured port. */
  readonly http?: boolean;
  /**
   * Topics whose messages go to this role's `@EventPattern` handlers; both must match, or the service
   * doesn't start.
   */
  readonly consumes?: readonly TopicDeclaration[];
  /** Topics this role publishes to; made at the start when they are missing, as those it consumes. */
  readonly produces?: readonly TopicDeclaration[];
  /**
   * Topics whose dead letters a provider of this role reads, in the group `<service>-dead-letters`. Nothing
   * is started for it: whoever generates the users of Kafka reads it.
   */
  readonly readsDeadLetters?: readonly TopicDeclaration[];
}

/** What a job is given. Its database is the owner's: a job may do what no running service may. */
export interface JobContext {
  readonly args: readonly string[];
  readonly owner: Database;
  /** For `readConfig`: settings of the job's own. */
  readonly env: Environment;
  /** Writes a line of the report for people (or machines) to standard output. */
  readonly print: (line: string) => void;
}

/** Work that a person or a timer starts, that ends by itself, and whose exit code says how it went. */
export type Job = (context: JobContext) => Promise<number>;

/** What a command is given: a process of the service, started with the command's role. */
export interface CommandContext {
  readonly service: RunningService;
  readonly args: readonly string[];
  /** Writes a line for people (or machines) to standard output. */
  readonly print: (line: string) => void;
}

/**
 * Work that a person or a timer starts and that ends by itself, as a job does, but with the rights and the
 * parts of a running service. Its exit code says how it went.
 */
export interface Command {
  readonly role: string;
  readonly run: (context: CommandContext) => Promise<number>;
}

/** All that a service is; the platform decides how it runs. */
export interface ServiceDefinition<C extends BaseConfig> {
  readonly name: string;
  readonly config: ConfigSchema<C>;
  readonly roles: Readonly<Record<string, Role<C>>>;
  /** `node main.js <job> [options]`, as the owner of the database (MIGRATOR_DATABASE_URL). */
  readonly jobs?: Readonly<Record<string, Job>>;
  /** `node main.js <command> [options]`, as the service itself (DATABASE_URL). */
  readonly commands?: Readonly<Record<string, Command>>;
  /** Every name that DEFTER_CRASH_POINT may have here. */
  readonly crashPoints?: readonly string[];
  /** The service's own migrations, beside src and dist: `new URL('../migrations/', import.meta.url)`. */
  readonly migrations?: URL;
  /** Extends or replaces the body of every problem, for an API whose callers expect another form. */
  readonly problemShape?: ProblemShape;
  /** Media type of problems where callers can't read the standard `application/problem+json`. */
  readonly problemMediaType?: string;
}

/** What a test may replace; a provider here wins over the one of the same token. */
export interface Overrides {
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly providers?: readonly Provider[];
}

/** A started service, as production runs it. */
export interface RunningService {
  readonly app: NestFastifyApplication;
  /** Base URL; empty when no role of it listens. */
  readonly url: string;
  readonly managementUrl: string;
  get<T>(token: abstract new (...parameters: never[]) => T): T;
  get<T>(token: symbol | string): T;
  /** The whole orderly shutdown, without ending the process. */
  stop(): Promise<void>;
}
