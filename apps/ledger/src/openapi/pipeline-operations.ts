import { Type } from '@sinclair/typebox';
import { PipelineBody } from '../pipelines/pipeline.wire.js';
import { data, type Operations, PAGED, pageOf } from './operation.js';

const AT = '/v2/{ledger}/pipelines';
const Sequence = Type.Integer({ minimum: 1 });
const Pipeline = Type.Object({
  id: Type.String(),
  ledger: Type.String(),
  exporterID: Type.String(),
  topic: Type.String(),
  from: Sequence,
  to: Type.Optional(Sequence),
  enabled: Type.Boolean(),
  state: Type.Union([Type.Literal('running'), Type.Literal('stopped'), Type.Literal('done')]),
  lastLogID: Type.Optional(Sequence),
  behind: Type.Integer({ minimum: 0 }),
  createdAt: Type.String({ format: 'date-time' }),
});

/** Replays of a ledger's events to a topic. */
export const pipelineOperations: Operations = {
  [`GET ${AT}`]: { summary: 'List replays', query: PAGED, answer: pageOf(Pipeline) },
  [`POST ${AT}`]: {
    summary: 'Replay events to a topic from a sequence on',
    body: { schema: PipelineBody, optional: true },
    answer: data(Pipeline),
  },
  [`GET ${AT}/{id}`]: { summary: 'Read how far a replay is', answer: data(Pipeline) },
  [`POST ${AT}/{id}/start`]: { summary: 'Go on with a replay that was stopped' },
  [`POST ${AT}/{id}/stop`]: { summary: 'Stop a replay where it is' },
  [`POST ${AT}/{id}/reset`]: { summary: 'Let a replay begin anew' },
  [`DELETE ${AT}/{id}`]: { summary: 'End and forget a replay' },
};
