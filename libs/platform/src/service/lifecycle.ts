import type { Logger } from './logger.js';

/** Something that runs beside requests: a consumer, a relay, a timer. */
export interface Task {
  readonly name: string;
  start(): Promise<void>;
  /** Finishes what it has in hand, then stops. */
  stop(): Promise<void>;
  /** False when it has died: the process is then not alive. Cheap and synchronous. */
  alive?(): boolean;
  /** False (or a throw) while a thing it depends on is away: no traffic then. */
  ready?(): Promise<boolean> | boolean;
}

type Phase = 'starting' | 'running' | 'stopping';
const readyLimitMs = 2_000;

/** Starts tasks in the order of their registration, stops them in reverse, and says how they are. */
export class Lifecycle {
  private readonly tasks: Task[] = [];
  private readonly started: Task[] = [];
  private phase: Phase = 'starting';
  private current = '';
  private readonly deaths = new Set<string>();
  private onDeath: () => void = () => undefined;

  constructor(private readonly logger: Logger) {}

  /** Registers a task, usually in a provider's constructor. */
  register(task: Task): void {
    if (this.phase !== 'starting') throw new Error(`${task.name} was registered after the start`);
    if (this.tasks.some(({ name }) => name === task.name))
      throw new Error(`Two tasks are called ${task.name}`);
    this.tasks.push(task);
  }

  /** What a shutdown is waiting for right now. */
  get stuckAt(): string {
    return this.current;
  }

  /** Names what the shutdown waits for from now on. */
  at(step: string): void {
    this.current = step;
  }

  async start(): Promise<void> {
    for (const task of this.tasks) {
      await task.start();
      this.started.push(task);
    }
  }

  /** From here on the service is ready when its tasks are. */
  running(): void {
    this.phase = 'running';
  }

  /** From here on the service is not ready, whatever its tasks say. */
  unready(): void {
    this.phase = 'stopping';
  }

  /** Stops in reverse order; one task's failure doesn't keep the others from stopping. */
  async stop(): Promise<void> {
    for (const task of this.started.reverse()) {
      this.at(`task ${task.name}`);
      await task
        .stop()
        .catch((error: unknown) => this.logger.error(`Task ${task.name} failed to stop`, { error }));
    }
    this.started.length = 0;
  }

  /** A task can't go on: from here on the process isn't alive, and `runService` ends it. */
  died(name: string, error: unknown): void {
    this.deaths.add(name);
    this.logger.fatal(`${name} died`, { error });
    if (this.phase !== 'stopping') this.onDeath();
  }

  /** What to do when a task has died; also when it already has. */
  whenDead(effect: () => void): void {
    this.onDeath = effect;
    if (this.deaths.size > 0) effect();
  }

  /** The names of tasks that have died. */
  dead(): string[] {
    const silent = this.started.filter((task) => task.alive?.() === false).map(({ name }) => name);
    return [...new Set([...this.deaths, ...silent])];
  }

  /** Why the service is not ready; empty when it is. Each task gets two seconds to answer. */
  async unreadyBecause(): Promise<string[]> {
    if (this.phase !== 'running') return [this.phase];
    const answers = await Promise.all(
      this.tasks.map(async (task) => ((await isReady(task)) ? [] : [task.name])),
    );
    return answers.flat();
  }
}

async function isReady(task: Task): Promise<boolean> {
  if (task.ready === undefined) return true;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), readyLimitMs);
  });
  try {
    return await Promise.race([task.ready(), tooLate]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
