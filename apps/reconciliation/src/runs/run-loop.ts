import type { Provider } from '@nestjs/common';
import { CONFIG, Database, Lifecycle, Logger, Polling } from '@defter/platform';
import type { Config } from '../config.js';
import { Connections } from '../connections.js';
import { RUN_REQUESTED } from './run.js';
import { RunExecutor } from './run-executor.js';

const TOKEN = Symbol('run loop');
type Injected = [Config, Database, Logger, Lifecycle, Connections, RunExecutor];

/**
 * Carries runs out in every process of the role that lists this: of every tenant in turn, one at a time. A
 * stop waits for the step in hand; whoever comes next goes on from there.
 */
export function runLoop(): Provider {
  return {
    provide: TOKEN,
    inject: [CONFIG, Database, Logger, Lifecycle, Connections, RunExecutor],
    // One parameter per injected thing is Nest's form of a factory.
    useFactory: (...injected: Injected) => {
      const [config, database, logger, lifecycle, connections, executor] = injected;
      let stopping = false;
      const round = async (): Promise<boolean> => {
        let worked = false;
        for (const tenantId of await connections.tenantIds()) {
          if (stopping) break;
          worked = (await executor.once(tenantId, () => stopping)) || worked;
        }
        return worked;
      };
      const options = { name: 'runs', everyMs: config.runPollMs, signal: RUN_REQUESTED, round };
      const polling = new Polling(database, logger, options);
      lifecycle.register({
        name: 'runs',
        start: () => polling.start(),
        stop: () => {
          stopping = true;
          return polling.stop();
        },
      });
      return polling;
    },
  };
}
