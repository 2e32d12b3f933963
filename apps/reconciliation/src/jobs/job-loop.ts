import type { Provider } from '@nestjs/common';
import { CONFIG, Lifecycle, Logger, type Task } from '@defter/platform';
import type { Config } from '../config.js';
import { Tenants } from '../tenants.js';
import { JobExecutor } from './job-executor.js';
import { jobNames } from './job-plans.js';
import { JobQueue } from './job-queue.js';

interface Tools {
  readonly config: Config;
  readonly tenants: Tenants;
  readonly queue: JobQueue;
  readonly executor: JobExecutor;
  readonly logger: Logger;
}

/**
 * Carries out what the API asked for, and what a dead process left behind: one run at a time per process,
 * every tenant in turn. Nothing begins by itself here; timers are the cluster's.
 */
export class JobLoop implements Task {
  readonly name = 'jobs';
  private stopping = false;
  private wake: () => void = () => undefined;
  private forget: () => void = () => undefined;
  private loop: Promise<void> = Promise.resolve();

  constructor(private readonly tools: Tools) {}

  start(): Promise<void> {
    this.forget = this.tools.queue.onRequested(() => this.wake());
    this.loop = this.work();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.forget();
    this.wake();
    await this.tools.executor.stop();
    await this.loop;
  }

  private async work(): Promise<void> {
    while (!this.stopping) if (!(await this.round())) await this.pause();
  }

  /** @returns false when no tenant had a run */
  private async round(): Promise<boolean> {
    const { tenants, queue, executor, logger } = this.tools;
    let worked = false;
    try {
      for (const { id } of await tenants.all()) {
        const run = this.stopping ? undefined : await queue.takeAny(id, jobNames);
        if (run === undefined) continue;
        await executor.execute(run);
        worked = true;
      }
    } catch (error) {
      logger.warn('Looking for jobs failed', { error });
    }
    return worked;
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.tools.config.jobPollMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.stopping) this.wake();
    });
  }
}

/** For the roles whose processes do what others asked for. */
export function jobLoop(): Provider {
  return {
    provide: JobLoop,
    inject: [CONFIG, Tenants, JobQueue, JobExecutor, Logger, Lifecycle],
    // One parameter per injected thing is Nest's form of a factory.
    useFactory: (...injected: [Config, Tenants, JobQueue, JobExecutor, Logger, Lifecycle]) => {
      const [config, tenants, queue, executor, logger, lifecycle] = injected;
      const loop = new JobLoop({ config, tenants, queue, executor, logger });
      lifecycle.register(loop);
      return loop;
    },
  };
}
