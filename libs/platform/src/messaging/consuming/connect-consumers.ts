import { Catch, type INestApplication, type RpcExceptionFilter } from '@nestjs/common';
import type { NestMicroservice } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import type { Task } from '../../service/lifecycle.js';
import { ConsumerStrategy, type ConsumerOptions } from './consumer-strategy.js';

/** Nest replaces a handler's error by "Internal server error"; the consumer has to see the error itself. */
@Catch()
class AsThrown implements RpcExceptionFilter {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}

/**
 * Connects the app's `@EventPattern` handlers to their topics; to be called before `app.init()`. The
 * returned task starts and stops consuming. @throws Error when a consumed topic has no handler, or a
 * handler's topic isn't consumed
 */
export function connectConsumers(app: INestApplication, options: ConsumerOptions): Task {
  const strategy = new ConsumerStrategy(options);
  // The global filter counts only when it is there before the handlers are registered, which is otherwise
  // at once.
  const service = app.connectMicroservice(
    { strategy },
    { deferInitialization: true },
  ) as unknown as NestMicroservice;
  service.useGlobalFilters(new AsThrown());
  service.registerListeners();
  service.setIsInitialized(true);
  service.setIsInitHookCalled(true);
  strategy.prepare();
  return {
    name: 'consumers',
    start: async () => {
      await app.startAllMicroservices();
    },
    stop: () => strategy.close(),
    alive: () => strategy.alive(),
    ready: () => strategy.ready(),
  };
}
