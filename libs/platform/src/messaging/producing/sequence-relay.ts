import type { Database } from '../../postgres/database.js';
import type { CrashPoints, RelayCrashPoint } from '../../service/crash-points.js';
import type { Task } from '../../service/lifecycle.js';
import type { Logger } from '../../service/logger.js';
import type { Metrics } from '../../service/metrics.js';
import type { Messaging, OutgoingRecord } from '../messaging.js';
import { Leadership } from './leadership.js';
import { relayMetrics, type RelayMetrics } from './relay-metrics.js';
import { Turns, type Turn } from './turns.js';

/** An event of a gapless stream, as the record that is published for it. */
export interface SequencedRecord {
  readonly sequence: bigint;
  readonly record: OutgoingRecord;
}

/** How a relay reads the streams of a service. Sequences are gapless and become visible in order. */
export interface SequenceSource {
  /** Streams with events beyond their checkpoint, at most `limit`, the longest waiting first. */
  behind(limit: number): Promise<readonly { readonly stream: string; readonly checkpoint: bigint }[]>;
  /** Events after the checkpoint in order, at most `limit`. */
  read(stream: string, after: bigint, limit: number): Promise<readonly SequencedRecord[]>;
  /** Moves the checkpoint by compare-and-set; false when it wasn't at `from` any more. */
  move(stream: string, from: bigint, to: bigint): Promise<boolean>;
}

export interface SequenceRelayOptions {
  readonly name: string;
  readonly database: Database;
  readonly messaging: Messaging;
  readonly source: SequenceSource;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly crash?: CrashPoints<RelayCrashPoint>;
  readonly pollMs?: number;
  /** Events per stream and turn. */
  readonly batch?: number;
}

/** A stream has a hole: publishing on would skip an event for ever. */
export class SequenceGap extends Error {}

const STREAMS_PER_TURN = 64;

/**
 * Publishes gapless event streams: read after the checkpoint, publish, move the checkpoint from exactly the
 * value that was read. A relay that was paused in between finds it moved and harms nothing: its events went
 * out twice.
 */
export class SequenceRelay implements Task {
  readonly name: string;
  private readonly turns: Turns;
  private readonly leadership: Leadership;
  private readonly metrics: RelayMetrics;

  constructor(private readonly options: SequenceRelayOptions) {
    const { name, database, logger, metrics, pollMs = 50 } = options;
    this.name = `${name} relay`;
    this.leadership = new Leadership(database, name);
    this.metrics = relayMetrics(metrics);
    this.turns = new Turns(
      () => this.turn(),
      (error) => logger.warn(`The ${name} relay will try again`, { error }),
      pollMs,
    );
  }

  start(): Promise<void> {
    this.turns.start();
    return Promise.resolve();
  }

  /** Something was committed: publish it soon rather than at the next poll. */
  wake(): void {
    this.turns.wake();
  }

  async stop(): Promise<void> {
    await this.turns.stop();
    this.leadership.resign();
  }

  private async turn(): Promise<Turn> {
    if ((await this.leadership.take()) === undefined) return 'idle';
    const behind = await this.options.source.behind(STREAMS_PER_TURN);
    const turns = await Promise.allSettled(
      behind.map(({ stream, checkpoint }) => this.relay(stream, checkpoint)),
    );
    const failed = turns.find((turn) => turn.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const more = turns.some((turn) => turn.status === 'fulfilled' && turn.value);
    return more || behind.length === STREAMS_PER_TURN ? 'busy' : 'idle';
  }

  /** @returns whether the stream has more */
  private async relay(stream: string, checkpoint: bigint): Promise<boolean> {
    const { source, batch = 1_000 } = this.options;
    const events = await source.read(stream, checkpoint, batch);
    await this.publish(stream, checkpoint, events);
    return events.length === batch;
  }

  private async publish(
    stream: string,
    checkpoint: bigint,
    events: readonly SequencedRecord[],
  ): Promise<void> {
    const last = events.at(-1)?.sequence;
    if (last === undefined) return;
    refuseGap(stream, checkpoint, events);
    const { messaging, source, logger, name, crash } = this.options;
    crash?.reach('log.before-send');
    await messaging.publish(events.map(({ record }) => record));
    crash?.reach('log.after-send');
    this.metrics.published(
      name,
      events.map(() => ({})),
    );
    const moved = await source.move(stream, checkpoint, last);
    if (!moved) logger.info(`Another ${name} relay published ${stream} beyond ${checkpoint}, too`);
  }
}

function refuseGap(stream: string, checkpoint: bigint, events: readonly SequencedRecord[]): void {
  for (const [index, { sequence }] of events.entries()) {
    const expected = checkpoint + BigInt(index) + 1n;
    if (sequence !== expected)
      throw new SequenceGap(`${stream} has no event ${expected}; the next one is ${sequence}`);
  }
}
