import { Injectable } from '@nestjs/common';
import { Lifecycle, Logger, Metrics, type Turn, Turns } from '@defter/platform';
import { ReplayTurn } from './replay-turn.js';

const pollMs = 250;

/** Takes turns at approved replays until there is nothing due; any number of processes may. */
@Injectable()
export class ReplayRunner {
  private readonly turns: Turns;
  private readonly counter;
  private unlisten: () => void = () => undefined;

  constructor(
    private readonly turn: ReplayTurn,
    logger: Logger,
    metrics: Metrics,
    lifecycle: Lifecycle,
  ) {
    this.counter = metrics.counter('defter_webhooks_replayed_total', 'Items of replays by their outcome', [
      'outcome',
    ]);
    this.turns = new Turns(
      () => this.take(),
      (error) => logger.warn('A replay will go on later', { error }),
      pollMs,
    );
    lifecycle.register({
      name: 'replays',
      start: () => this.start(),
      stop: () => {
        this.unlisten();
        return this.turns.stop();
      },
    });
  }

  private start(): Promise<void> {
    this.unlisten = this.turn.onChange(() => this.turns.wake());
    this.turns.start();
    return Promise.resolve();
  }

  private async take(): Promise<Turn> {
    const carried = await this.turn.take();
    if (carried === undefined) return 'idle';
    this.counter.inc({ outcome: 'published' }, carried.published);
    this.counter.inc({ outcome: 'skipped' }, carried.skipped);
    return 'busy';
  }
}
