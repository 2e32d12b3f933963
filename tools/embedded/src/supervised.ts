import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildServer, Exit } from './child-server.js';

/** `restarting`: it ended by itself and is being started again; `failed`: its first start did not succeed. */
export type ServerState = 'starting' | 'ready' | 'restarting' | 'stopped' | 'failed';

/** What can be done to a server process. */
export interface ServerHandle {
  readonly name: string;
  readonly state: ServerState;
  /** The latest process id; 0 before the first start. */
  readonly pid: number;
  start(): Promise<void>;
  /** An orderly end. Stopping twice is fine. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would; it stays dead until `start`. */
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** Whether a server that ends by itself is started again, and who hears of changes. */
export interface Supervision {
  readonly keepAlive?: boolean;
  readonly onChange?: (server: ServerHandle) => void;
}

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 5_000;

/** A server that can be started again and again; `launch` returns when the process is ready. */
export class Supervised implements ServerHandle {
  state: ServerState = 'stopped';
  private current: ChildServer | undefined;
  private launching: Promise<void> = Promise.resolve();

  constructor(
    readonly name: string,
    private readonly launch: () => Promise<ChildServer>,
    private readonly supervision: Supervision = {},
  ) {}

  /** How the latest process ended; undefined while it runs. */
  get exit(): Exit | undefined {
    return this.current?.exit;
  }

  get pid(): number {
    return this.current?.pid ?? 0;
  }

  async start(): Promise<void> {
    if (this.state === 'ready') return;
    this.enter('starting');
    try {
      await this.launched();
    } catch (error) {
      this.enter('failed');
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.enter('stopped');
    await this.launching.catch(() => undefined); // whoever started it hears of the failure
    await this.current?.stop();
  }

  async kill(): Promise<void> {
    this.enter('stopped');
    await this.launching.catch(() => undefined);
    await this.current?.kill();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  private launched(): Promise<void> {
    this.launching = this.launchOnce();
    return this.launching;
  }

  private async launchOnce(): Promise<void> {
    const server = await this.launch();
    this.current = server;
    // Somebody may have asked for the end while it started.
    if (this.state === 'stopped') {
      await server.stop();
      return;
    }
    this.enter('ready');
    void server.exited.then(() => this.onExit(server));
  }

  private async onExit(server: ChildServer): Promise<void> {
    if (this.state !== 'ready' || server !== this.current) return;
    if (this.supervision.keepAlive !== true) {
      this.enter('stopped');
      return;
    }
    this.enter('restarting');
    for (
      let delayMs = FIRST_DELAY_MS;
      this.isRestarting();
      delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)
    ) {
      await sleep(delayMs);
      if (this.isRestarting()) await this.launched().catch(() => undefined); // its own log says why
    }
  }

  // A method, because the state changes while we wait and the compiler would believe it does not.
  private isRestarting(): boolean {
    return this.state === 'restarting';
  }

  private enter(state: ServerState): void {
    this.state = state;
    this.supervision.onChange?.(this);
  }
}
