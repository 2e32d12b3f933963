import { Injectable } from '@nestjs/common';
import { newId } from '@defter/kernel';
import { Database, notFound } from '@defter/platform';
import type { ReplayRefusal } from './replay.problems.js';
import type { ReplayWish } from './replay.wire.js';

export type ReplayOutcome =
  | { readonly accepted: true; readonly id: string }
  | { readonly accepted: false; readonly refusal: ReplayRefusal };

/** Begins and cancels replays; ReplayRunner carries them out. */
@Injectable()
export class ChangeReplays {
  constructor(private readonly database: Database) {}

  /** One at a time for an endpoint: two would only add up to a rate that nobody asked for. */
  start(tenantId: string, endpointId: string, actor: string, wish: ReplayWish): Promise<ReplayOutcome> {
    return this.database.transaction(async (tx) => {
      const [endpoint] = await tx.query<{ status: string }>(
        `select status from webhook_endpoint
          where tenant_id = $1 and id = $2 and status <> 'deleted' for no key update`,
        [tenantId, endpointId],
      );
      if (endpoint === undefined) throw notFound();
      if (endpoint.status === 'disabled') return refused({ code: 'endpoint-disabled' });
      const [running] = await tx.query<{ id: string }>(
        `select id from webhook_replay where tenant_id = $1 and endpoint_id = $2 and due_at is not null`,
        [tenantId, endpointId],
      );
      if (running !== undefined) return refused({ code: 'replay-running', replay_id: running.id });
      const id = newId('run');
      const { fromAt, toAt, onlyFailed, rate } = wish;
      await tx.query(
        `insert into webhook_replay (tenant_id, id, endpoint_id, from_at, to_at, only_failed, rate, actor,
           state, done_at, due_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'running', $4, now())`,
        [tenantId, id, endpointId, fromAt, toAt, onlyFailed, rate, actor],
      );
      tx.signal('replays');
      return { accepted: true, id };
    });
  }

  /** What it has queued so far is still sent. */
  cancel(tenantId: string, id: string): Promise<ReplayOutcome> {
    return this.database.transaction(async (tx) => {
      const [row] = await tx.query<{ state: string }>(
        'select state from webhook_replay where tenant_id = $1 and id = $2 for update',
        [tenantId, id],
      );
      if (row === undefined) throw notFound();
      if (row.state !== 'running') return refused({ code: 'replay-ended', state: row.state });
      await tx.query(
        `update webhook_replay set state = 'canceled', due_at = null, ended_at = now()
          where tenant_id = $1 and id = $2`,
        [tenantId, id],
      );
      return { accepted: true, id };
    });
  }
}

const refused = (refusal: ReplayRefusal): ReplayOutcome => ({ accepted: false, refusal });
