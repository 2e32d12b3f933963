import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';
import { beyondHead, type NewPipeline } from './pipeline.wire.js';

const CREATE = `
insert into pipeline (ledger_id, pipeline_id, topic, from_sequence, to_sequence)
values ($1, $2, $3, $4, $5)`;

/** Its checkpoint has a name of its own beside that of the live relay. */
const BEGIN = `
insert into relay_checkpoint (ledger_id, relay, sequence) values ($1, $2, $3)
on conflict (ledger_id, relay) do update set sequence = excluded.sequence`;

/** The checkpoint of a pipeline. */
export const relayOf = (pipelineId: string): string => `pipeline ${pipelineId}`;

/** Replays of ledgers to topics. */
@Injectable()
export class Pipelines {
  constructor(private readonly database: Database) {}

  /**
   * Starts a replay; the worker takes it up at its next look. Gives its id. @throws ProblemException
   * `malformed` when it would begin beyond the next event
   */
  create(ledgerId: number, { topic, from, to }: NewPipeline): Promise<string> {
    const id = randomUUID();
    return this.database.transaction(async (tx) => {
      const head = 'select (sequence + 1)::float8 as next from ledger_head where ledger_id = $1';
      const [{ next } = { next: 1 }] = await tx.query<{ next: number }>(head, [ledgerId]);
      if (from > next) throw beyondHead(next);
      await tx.query(CREATE, [ledgerId, id, topic, from, to ?? null]);
      await tx.query(BEGIN, [ledgerId, relayOf(id), from - 1]);
      return id;
    });
  }

  /** Lets it run or rest where it is; false when there is no such pipeline. */
  async setRunning(ledgerId: number, id: string, running: boolean): Promise<boolean> {
    const sql = `update pipeline set running = $3 where ledger_id = $1 and pipeline_id = $2 returning 1`;
    return (await this.database.query(sql, [ledgerId, id, running])).length === 1;
  }

  /** Lets it begin anew; false when there is no such pipeline. */
  reset(ledgerId: number, id: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const sql = `select from_sequence from pipeline where ledger_id = $1 and pipeline_id = $2 for update`;
      const [row] = await tx.query<{ from_sequence: bigint }>(sql, [ledgerId, id]);
      if (row === undefined) return false;
      await tx.query(BEGIN, [ledgerId, relayOf(id), row.from_sequence - 1n]);
      return true;
    });
  }

  /** Ends and forgets it; false when there is no such pipeline. */
  async remove(ledgerId: number, id: string): Promise<boolean> {
    const sql = 'delete from pipeline where ledger_id = $1 and pipeline_id = $2 returning 1';
    return (await this.database.query(sql, [ledgerId, id])).length === 1;
  }
}
