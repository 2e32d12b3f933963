import type { Provider } from '@nestjs/common';
import { CONFIG, Lifecycle, type Task } from '@defter/platform';
import type { Config } from '../config.js';
import { Connections } from '../connections.js';
import { RunExecutor } from './run-executor.js';
import { RunQueue } from './run-queue.js';

/** Looks for runs of every tenant in turn, one at a time per process, for as long as the process lives. */
export class RunLoop implements Task {
  readonly name = 'runs';
  private stopping = false;
  private wake: () => void = () => undefined;
  private forget: () => void = () => undefined;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: Config,
    private readonly connections: Connections,
    private readonly executor: RunExecutor,
    private readonly queue: RunQueue,
  ) {}

  start(): Promise<void> {
    this.forget = this.queue.onRequested(() => this.wake());
    this.loop = this.work();
    return Promise.resolve();
  }

  /** Ends after the step in hand; whoever comes next goes on from there. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.forget();
    this.wake();
    await this.loop;
  }

  private async work(): Promise<void> {
    while (!this.stopping) if (!(await this.round())) await this.pause();
  }

  /** @returns false when no tenant had a run */
  private async round(): Promise<boolean> {
    let worked = false;
    for (const tenantId of await this.connections.tenantIds()) {
      if (this.stopping) break;
      worked = (await this.executor.once(tenantId, () => this.stopping)) || worked;
    }
    return worked;
  }

  /** Until the next poll, a new run in this process, or the stop. */
  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.config.runPollMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.stopping) this.wake();
    });
  }
}

/** Carries runs out in every process of the role that lists this. */
export function runLoop(): Provider {
  return {
    provide: RunLoop,
    inject: [CONFIG, Connections, RunExecutor, RunQueue, Lifecycle],
    // One parameter per injected thing is Nest's form of a factory.
    useFactory: (...injected: [Config, Connections, RunExecutor, RunQueue, Lifecycle]) => {
      const [config, connections, executor, queue, lifecycle] = injected;
      const loop = new RunLoop(config, connections, executor, queue);
      lifecycle.register(loop);
      return loop;
    },
  };
}
