import { Type } from '@sinclair/typebox';
import { LedgerTopics } from '@defter/ledger-contracts';
import { malformed } from '@defter/platform';
import { bodyReader } from '../body-reader.js';
import type { PipelineState } from './pipeline.read.js';

/** Where events may be replayed to: a topic of its own, or the live one, for a broker that lost it. */
const REPLAY_TOPICS: readonly string[] = [LedgerTopics.replays.name, LedgerTopics.events.name];

export interface NewPipeline {
  readonly topic: string;
  readonly from: number;
  readonly to?: number;
}

const Sequence = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  expected: 'a sequence from 1',
});
export const PipelineBody = Type.Object(
  {
    topic: Type.Optional(Type.String()),
    /** The name that ledger users know for where a pipeline goes. */
    exporterID: Type.Optional(Type.String()),
    from: Type.Optional(Sequence),
    to: Type.Optional(Sequence),
  },
  { additionalProperties: false },
);
const read = bodyReader(PipelineBody);

/** Body of `POST …/pipelines`. */
export const toNewPipeline = (body: unknown): NewPipeline => {
  const { topic, exporterID, from = 1, to } = read(body ?? {});
  const chosen = toTopic(topic, exporterID);
  if (to !== undefined && to < from) throw wrong('to', 'must not be before from');
  return { topic: chosen, from, ...(to === undefined ? {} : { to }) };
};

const toTopic = (topic: string | undefined, exporterID: string | undefined): string => {
  if (topic !== undefined && exporterID !== undefined && topic !== exporterID) {
    throw wrong('exporterID', 'is another name for topic: give one of them');
  }
  const chosen = topic ?? exporterID ?? LedgerTopics.replays.name;
  if (REPLAY_TOPICS.includes(chosen)) return chosen;
  throw wrong(topic === undefined ? 'exporterID' : 'topic', `must be one of ${REPLAY_TOPICS.join(', ')}`);
};

const wrong = (member: string, msg: string) => malformed([{ loc: ['body', member], msg, type: 'pipeline' }]);

/** What is said of a replay that would begin at an event of an unknown future. */
export const beyondHead = (next: number) => wrong('from', `must be at most ${next}, the next event`);

/** `done` is a replay that has sent its last event. */
export const pipelineView = (pipeline: PipelineState) => {
  const { id, ledger, topic, from, to, running, sequence, head, createdAt } = pipeline;
  return {
    id,
    ledger,
    exporterID: topic,
    topic,
    from,
    ...(to === null ? {} : { to }),
    enabled: running,
    state: stateOf(pipeline),
    ...(sequence < from ? {} : { lastLogID: sequence }),
    behind: Math.max(0, Math.min(to ?? head, head) - sequence),
    createdAt: createdAt.toISOString(),
  };
};

const stateOf = ({ to, running, sequence }: PipelineState): 'done' | 'running' | 'stopped' => {
  if (to !== null && sequence >= to) return 'done';
  return running ? 'running' : 'stopped';
};
