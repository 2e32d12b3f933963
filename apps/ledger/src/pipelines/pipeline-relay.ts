import { type FactoryProvider, Injectable } from '@nestjs/common';
import {
  Database,
  Lifecycle,
  Logger,
  Messaging,
  Metrics,
  type SequencedRecord,
  SequenceRelay,
  type SequenceSource,
} from '@defter/platform';
import { EventReader } from '../logs/event.read.js';
import { logRecord } from '../publishing/log-record.js';
import { relayOf } from './pipelines.js';

/** By this header consumers tell a replayed event from a live one; its value is the pipeline's id. */
export const REPLAY_HEADER = 'defter-replay';

const BEHIND = `
select p.ledger_id || '/' || p.pipeline_id as stream, c.sequence as checkpoint
from pipeline p
join ledger_head head using (ledger_id)
join relay_checkpoint c on c.ledger_id = p.ledger_id and c.relay = 'pipeline ' || p.pipeline_id
where p.running and c.sequence < least(head.sequence, coalesce(p.to_sequence, head.sequence))
order by head.sequence - c.sequence desc limit $1`;

const FIND = `
select p.topic, p.to_sequence as "to", ledger.tenant_id as "tenantId", ledger.name
from pipeline p join ledger using (ledger_id)
where p.ledger_id = $1 and p.pipeline_id = $2 and p.running`;

const MOVE = `
update relay_checkpoint set sequence = $4
where ledger_id = $1 and relay = $2 and sequence = $3 returning 1`;

interface Target {
  readonly topic: string;
  readonly to: bigint | null;
  readonly tenantId: string;
  readonly name: string;
}

/** Running pipelines, as the relay reads them: a stream each. */
@Injectable()
export class PipelineSource implements SequenceSource {
  constructor(
    private readonly database: Database,
    private readonly events: EventReader,
  ) {}

  behind(limit: number): Promise<readonly { stream: string; checkpoint: bigint }[]> {
    return this.database.query(BEHIND, [limit]);
  }

  async read(stream: string, after: bigint, limit: number): Promise<readonly SequencedRecord[]> {
    const [ledgerId, id] = placeOf(stream);
    const [target] = await this.database.query<Target>(FIND, [ledgerId, id]);
    // Stopped or removed since it was found behind.
    if (target === undefined) return [];
    const left = target.to === null ? BigInt(limit) : target.to - after;
    const events = await this.events.after(ledgerId, {
      after,
      limit: left < limit ? parseInt(`${left}`, 10) : limit,
    });
    return events.map((event) => {
      const record = logRecord(target.topic, target, event);
      const headers = { ...record.headers, [REPLAY_HEADER]: id };
      return { sequence: BigInt(event.sequence), record: { ...record, headers } };
    });
  }

  /** By compare-and-set, so that a reset meanwhile stays. */
  async move(stream: string, from: bigint, to: bigint): Promise<boolean> {
    const [ledgerId, id] = placeOf(stream);
    return (await this.database.query(MOVE, [ledgerId, relayOf(id), from, to])).length === 1;
  }
}

const placeOf = (stream: string): readonly [ledgerId: number, id: string] => {
  const slash = stream.indexOf('/');
  return [parseInt(stream.slice(0, slash), 10), stream.slice(slash + 1)];
};

/** How often it is looked whether a pipeline is behind. */
const POLL_MS = 500;

/** Replays what running pipelines are behind by; one process of the workers at a time. */
export const pipelineRelay: FactoryProvider = {
  provide: 'pipeline relay',
  inject: [PipelineSource, Database, Messaging, Lifecycle, Logger, Metrics],
  // One parameter per injected thing is Nest's form of a factory.
  useFactory: (
    ...[source, database, messaging, lifecycle, logger, metrics]: [
      PipelineSource,
      Database,
      Messaging,
      Lifecycle,
      Logger,
      Metrics,
    ]
  ) => {
    const options = { name: 'pipelines', pollMs: POLL_MS, database, messaging, source, logger, metrics };
    const relay = new SequenceRelay(options);
    lifecycle.register(relay);
    return relay;
  },
};
