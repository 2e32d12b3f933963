import { Fault } from '../../http/problem.js';
import type { Database } from '../../postgres/database.js';
import type { Delivery, IncomingRecord } from '../messaging.js';
import { advancePosition, readPosition, type PositionKey } from './applied.js';
import type { Gap, MessageContext, MissedEvent, ReceivedMessage, StreamPlace } from './message.js';
import { patiently } from './patience.js';
import { applyOrBury, buryPatiently, oneByOne, type Consume, type ConsumerTools } from './topic-consumer.js';

/** What only this mode needs. */
export interface PositionTools {
  readonly database: Database;
  readonly place: (body: unknown) => StreamPlace;
  readonly readMissing: (gap: Gap) => Promise<readonly MissedEvent[]>;
}

const GAP_PAGE = 500n;

/**
 * Events of gapless streams: each is applied once and in order, because its sequence must be the one after
 * the position that commits with its effect. What is missing is read from the owner before going on.
 */
export function positionMode(tools: ConsumerTools, own: PositionTools): Consume {
  return oneByOne(tools, async (record, delivery) => {
    const parsed = tools.parse(record);
    if (parsed.kind === 'poison') return buryPatiently(tools, delivery, record, parsed.reason);
    const place = placeOf(own, parsed.message);
    if (place === undefined) return buryPatiently(tools, delivery, record, 'it has no stream and sequence');
    await new StreamStep(tools, own, delivery, record).to(place, parsed.message, parsed.kind === 'ignored');
  });
}

interface Place {
  readonly stream: string;
  readonly sequence: bigint;
}

function placeOf(own: PositionTools, message: ReceivedMessage): Place | undefined {
  try {
    const { stream, sequence } = own.place(message.body);
    return typeof stream === 'string' && BigInt(sequence) > 0n
      ? { stream, sequence: BigInt(sequence) }
      : undefined;
  } catch {
    return undefined;
  }
}

/** The way from a stream's position to one record. */
class StreamStep {
  constructor(
    private readonly tools: ConsumerTools,
    private readonly own: PositionTools,
    private readonly delivery: Delivery,
    private readonly record: IncomingRecord,
  ) {}

  async to({ stream, sequence }: Place, message: ReceivedMessage, ignored: boolean): Promise<void> {
    const { metrics, topic, consumer } = this.tools;
    const key = { tenantId: message.tenantId, consumer, stream };
    const position = await this.waiting(() => readPosition(this.own.database, key));
    if (sequence <= position) return metrics.count(topic, 'duplicate');
    for (let from = position + 1n; from < sequence; from += GAP_PAGE) {
      const to = from + GAP_PAGE - 1n < sequence ? from + GAP_PAGE - 1n : sequence - 1n;
      await this.fill(key, { tenantId: key.tenantId, stream, from, to }, message);
    }
    await this.apply(key, sequence, message, ignored);
  }

  /** Reads a gap's events from their owner, outside of any transaction, and applies them. */
  private async fill(key: PositionKey, gap: Gap, next: ReceivedMessage): Promise<void> {
    const { logger, topic } = this.tools;
    logger.warn('Events are missing; reading them from their owner', {
      topic,
      stream: gap.stream,
      from: `${gap.from}`,
      to: `${gap.to}`,
    });
    const missed = await this.waiting(async () => checked(gap, await this.own.readMissing(gap), this.own));
    for (const [index, { id, type, time, body }] of missed.entries()) {
      await this.apply(key, gap.from + BigInt(index), { ...next, id, type, time, body }, false);
    }
  }

  private async apply(
    key: PositionKey,
    sequence: bigint,
    message: ReceivedMessage,
    ignored: boolean,
  ): Promise<void> {
    const { metrics, topic } = this.tools;
    let outcome: 'applied' | 'duplicate' | 'ignored' = 'ignored';
    const death = await applyOrBury(this.tools, this.delivery, this.recordOf(message), async () => {
      outcome = await this.transact(key, sequence, ignored ? undefined : message);
    });
    if (death === undefined) return metrics.count(topic, outcome);
    // Buried: the stream goes on behind it.
    await this.waiting(() => this.transact(key, sequence, undefined));
  }

  private transact(
    key: PositionKey,
    sequence: bigint,
    message: ReceivedMessage | undefined,
  ): Promise<'applied' | 'duplicate' | 'ignored'> {
    return this.own.database.transaction(async (tx) => {
      if (!(await advancePosition(tx, key, sequence))) return 'duplicate';
      if (message === undefined) return 'ignored';
      const { body, ...info } = message;
      await this.tools.handle(body, { tx, message: info } satisfies MessageContext);
      return 'applied';
    });
  }

  /** A missed event never was a record of ours; its dead letter is written as if it had been. */
  private recordOf(message: ReceivedMessage): IncomingRecord {
    const { id, type, body } = message;
    if (id === this.record.headers['ce_id']) return this.record;
    return {
      ...this.record,
      value: Buffer.from(JSON.stringify(body)),
      headers: { ...this.record.headers, ce_id: id, ce_type: type },
    };
  }

  /** Nothing can go on without this, so whatever fails is tried without end. */
  private waiting<T>(work: () => Promise<T>): Promise<T> {
    const { logger, topic, retry } = this.tools;
    return patiently(this.delivery, { ...retry, attempts: Infinity }, work, (error) =>
      logger.warn('A stream has to wait', { topic, partition: this.record.partition, error }),
    );
  }
}

function checked(gap: Gap, missed: readonly MissedEvent[], own: PositionTools): readonly MissedEvent[] {
  const complete =
    BigInt(missed.length) === gap.to - gap.from + 1n &&
    missed.every(({ body }, index) => BigInt(own.place(body).sequence) === gap.from + BigInt(index));
  if (complete) return missed;
  throw new Fault(
    'gap-not-filled',
    `The owner of ${gap.stream} did not give exactly ${gap.from} to ${gap.to}`,
  );
}
