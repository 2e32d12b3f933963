import { setTimeout as sleep } from 'node:timers/promises';

/** What a relay did in one turn: `busy` asks for the next turn at once. */
export type Turn = 'busy' | 'idle';

/** What comes close together goes together: a turn costs about as much for one message as for twenty. */
const LINGER_MS = 5;

/**
 * Runs turns one after the other: soon when woken, at once when busy, else after a pause; slower while they
 * fail.
 */
export class Turns {
  private running: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private nap: AbortController | undefined;
  private woken = false;
  private lingering: NodeJS.Timeout | undefined;

  constructor(
    private readonly turn: () => Promise<Turn>,
    private readonly onError: (error: unknown) => void,
    private readonly pauseMs: number,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** There is something to do: no need to wait for the next poll. */
  wake(): void {
    if (this.isStopping) return;
    this.lingering ??= setTimeout(() => {
      this.lingering = undefined;
      this.woken = true;
      this.nap?.abort();
    }, LINGER_MS);
  }

  /** True from the call of `stop` on; a long turn looks at it. */
  get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Returns when the turn in hand has ended, or is given up: a relay repeats what it did not finish. */
  async stop(graceMs = 3_000): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.lingering);
    this.nap?.abort();
    const timeout = new AbortController();
    const patience = sleep(graceMs, undefined, { signal: timeout.signal }).catch(() => undefined);
    await Promise.race([this.running, patience]);
    timeout.abort();
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.isStopping) {
      this.woken = false;
      try {
        const turn = await this.turn();
        failures = 0;
        if (turn === 'idle') await this.pause(this.pauseMs);
      } catch (error) {
        if (!this.isStopping) this.onError(error);
        await this.pause(Math.min(5_000, 100 * 2 ** failures++));
      }
    }
  }

  private async pause(ms: number): Promise<void> {
    if (this.woken || this.isStopping) return;
    this.nap = new AbortController();
    await sleep(ms, undefined, { signal: this.nap.signal }).catch(() => undefined);
  }
}
