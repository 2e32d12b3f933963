import type { TopicDeclaration } from './topic.js';

/** A record to be published. Records with one key keep their order. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** A record as it was received; nothing of it has been checked. */
export interface IncomingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestamp: Date;
}

/** Records of one partition in order. What isn't done when `deliver` returns is delivered again. */
export interface Delivery {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly IncomingRecord[];
  /** Records of the partition that come after these. */
  readonly lag: number;
  /** This record and all before it have had their effect: their offsets may be committed. */
  done(record: IncomingRecord): Promise<void>;
  /** To be called at least every second or two. Throws when the partition was given to another consumer. */
  keepAlive(): Promise<void>;
  /** False when the work has to end: shutdown, or the partition is gone. */
  active(): boolean;
}

export interface SubscribeOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** Called for one batch of a partition at a time, for several partitions at once. */
  deliver(delivery: Delivery): Promise<void>;
  /** The subscription died and won't recover: the process must end. */
  onDeath(error: unknown): void;
}

export interface Subscription {
  /** False once it has died, or shows no sign of life. */
  alive(): boolean;
  /** True while it is a member of its group. */
  ready(): boolean;
  /** Lets deliveries finish what they have in hand, commits, leaves the group. */
  stop(): Promise<void>;
}

/** The port to the broker. At least once, always: every consumer must be harmless to repeat. */
export abstract class Messaging {
  /**
   * Resolves when every record is stored by all replicas in sync, in the given order per key; tries for
   * ever while the broker is away. @throws RecordTooLarge; @throws Fault when too much is waiting, or on
   * close
   */
  abstract publish(records: readonly OutgoingRecord[]): Promise<void>;
  /**
   * Creates what is missing, with dead-letter topics. @throws TopicMismatch when a topic exists with other
   * partitions
   */
  abstract ensureTopics(topics: readonly TopicDeclaration[]): Promise<void>;
  /**
   * Waits for the broker, creates nothing. @throws TopicMismatch when a topic is missing or has other
   * partitions
   */
  abstract checkTopics(topics: readonly TopicDeclaration[]): Promise<void>;
  /** Starts from the beginning of each topic, or where the group's last commit was. */
  abstract subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** False while records wait for a broker that does not take them. */
  abstract healthy(): boolean;
  /**
   * Publishes what waits, for a limited time, then closes; subscriptions are stopped first by their owner.
   */
  abstract close(): Promise<void>;
}

/** A topic of the broker isn't as declared. */
export class TopicMismatch extends Error {}

/** A record no broker takes: whoever makes it is wrong. */
export class RecordTooLarge extends Error {
  constructor(record: OutgoingRecord, bytes: number) {
    super(`A message of ${bytes} bytes for ${record.topic} is above the limit of ${RECORD_LIMIT_BYTES}`);
  }
}

/** Below Kafka's default limit of 1 MiB for a batch, with room for the reasons that a dead letter carries. */
export const RECORD_LIMIT_BYTES = 900 * 1024;

/** What a record costs on the wire, roughly. */
export function sizeOf({ key, value, headers }: OutgoingRecord): number {
  let bytes = 64 + Buffer.byteLength(key) + Buffer.byteLength(value);
  for (const [name, text] of Object.entries(headers))
    bytes += Buffer.byteLength(name) + Buffer.byteLength(text) + 8;
  return bytes;
}
