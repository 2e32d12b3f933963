import type { Logger } from '../service/logger.js';

/** All limits in milliseconds; those of the server are set when a connection starts. */
export interface DatabaseOptions {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  readonly logger: Pick<Logger, 'warn'>;
  readonly poolSize?: number;
  /** How many callers may wait for a connection; the next one hears `overloaded` at once. */
  readonly waitersLimit?: number;
  readonly poolWaitMs?: number;
  readonly statementTimeoutMs?: number;
  readonly lockTimeoutMs?: number;
  readonly idleInTransactionTimeoutMs?: number;
  /** Further settings of each session, by name. */
  readonly session?: Readonly<Record<string, string>>;
}
