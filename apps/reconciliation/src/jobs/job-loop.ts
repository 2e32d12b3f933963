import type { Provider } from '@nestjs/common';
import { CONFIG, Database, Lifecycle, Logger, Polling } from '@defter/platform';
import type { Config } from '../config.js';
import { Tenants } from '../tenants.js';
import { JobExecutor } from './job-executor.js';
import { jobNames } from './job-plans.js';
import { JobQueue } from './job-queue.js';
import { JOB_REQUESTED } from './job-run.js';

const TOKEN = Symbol('job loop');
type Injected = [Config, Database, Logger, Lifecycle, Tenants, JobQueue, JobExecutor];

/**
 * Carries out what the API asked for, and what a dead process left behind: one run at a time per process,
 * every tenant in turn. Nothing begins by itself here; timers are the cluster's.
 */
export function jobLoop(): Provider {
  return {
    provide: TOKEN,
    inject: [CONFIG, Database, Logger, Lifecycle, Tenants, JobQueue, JobExecutor],
    // One parameter per injected thing is Nest's form of a factory.
    useFactory: (...injected: Injected) => {
      const [config, database, logger, lifecycle, tenants, queue, executor] = injected;
      let stopping = false;
      const round = async (): Promise<boolean> => {
        let worked = false;
        for (const { id } of await tenants.all()) {
          const run = stopping ? undefined : await queue.takeAny(id, jobNames);
          if (run === undefined) continue;
          await executor.execute(run);
          worked = true;
        }
        return worked;
      };
      const options = { name: 'jobs', everyMs: config.jobPollMs, signal: JOB_REQUESTED, round };
      const polling = new Polling(database, logger, options);
      lifecycle.register({
        name: 'jobs',
        start: () => polling.start(),
        // The run in hand is given back at its next step; the round waits for that.
        stop: async () => {
          stopping = true;
          await Promise.all([polling.stop(), executor.stop()]);
        },
      });
      return polling;
    },
  };
}
