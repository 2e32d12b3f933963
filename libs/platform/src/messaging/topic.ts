import type { TSchema } from '@sinclair/typebox';

/** A topic as its contract declares it. Its dead letters live in `<name>.dead`, which is declared with it. */
export interface TopicDeclaration {
  readonly name: string;
  /** What the message key means; messages with one key keep their order. */
  readonly key: string;
  readonly partitions: number;
  /** -1 keeps messages for ever. */
  readonly retentionMs: number;
  /** Keeps the last message per key for ever. */
  readonly compacted?: boolean;
  /** Every message's body is checked against it before a handler sees it. */
  readonly schema: TSchema;
  /**
   * A message of a type that the schema doesn't know is passed over, as one of a newer producer. `poison`:
   * on a
   * topic of commands that would lose one without a word, so it goes to the dead letters.
   */
  readonly unknownTypes?: 'poison';
}

/** Where a topic's poison goes. */
export function deadTopicOf(topic: string): string {
  return `${topic}.dead`;
}

/** What a broker has to know of a topic. */
export interface TopicShape {
  readonly name: string;
  readonly partitions: number;
  readonly retentionMs: number;
  readonly compacted: boolean;
}

const DAY_MS = 86_400_000;
/** Dead letters wait for a person longer than any message, but not for ever. */
const DEAD_RETENTION_MS = 90 * DAY_MS;

/** A declared topic and its dead letters, each once. */
export function shapesOf(topics: readonly TopicDeclaration[]): TopicShape[] {
  const shapes = topics.flatMap(({ name, partitions, retentionMs, compacted = false }) => [
    { name, partitions, retentionMs, compacted },
    { name: deadTopicOf(name), partitions, retentionMs: DEAD_RETENTION_MS, compacted: false },
  ]);
  return [...new Map(shapes.map((shape) => [shape.name, shape])).values()];
}
