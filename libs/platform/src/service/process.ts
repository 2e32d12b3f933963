import { Lifecycle } from './lifecycle.js';
import type { RunningService } from './definition.js';
import type { Logger } from './logger.js';

/**
 * A bug that nobody caught leaves unknown state behind: log it and end; the supervisor starts a clean
 * process.
 */
export function exitOnCrash(logger: Logger): void {
  const crash = (kind: string) => (error: unknown) => {
    logger.fatal(`${kind}: ${error instanceof Error ? error.message : String(error)}`, { error });
    process.exit(1);
  };
  process.on('unhandledRejection', crash('Unhandled rejection'));
  process.on('uncaughtException', crash('Uncaught exception'));
}

/**
 * SIGTERM and SIGINT shut down in order and exit 0, also when they come while the service is still
 * starting; after the limit the process says what was stuck and exits 1.
 */
export function stopOnSignal(starting: Promise<RunningService>, logger: Logger, limitMs: number): void {
  let stopping = false;
  let stuckAt = () => 'the start';
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    logger.info(`${signal}: shutting down`, { limitMs });
    setTimeout(() => {
      logger.fatal(`Shutdown was stuck at: ${stuckAt()}`, { limitMs });
      process.exit(1);
    }, limitMs).unref();
    const stopped = starting.then((service) => {
      stuckAt = () => service.get(Lifecycle).stuckAt;
      return service.stop();
    });
    stopped.then(
      () => {
        logger.info('Shut down in order');
        process.exit(0);
      },
      (error: unknown) => {
        logger.fatal('Shutdown failed', { error });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
