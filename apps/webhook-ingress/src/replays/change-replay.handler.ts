import { Injectable } from '@nestjs/common';
import { type Caller, Database, type Transaction } from '@defter/platform';
import { decide, type ReplayCommand } from './replay.decider.js';
import type { ReplayRefusal, ReplayStatus } from './replay-decision.js';
import { findReplay, listItems, type ReplayRow } from './replay-row.js';
import { hashOf, maxItems } from './selection.js';

/** Wakes the runner of this process after a commit. */
export const replaySignal = 'replays';

export type Changed =
  | { readonly accepted: true; readonly id: string }
  | { readonly accepted: false; readonly refusal: ReplayRefusal };

/** Approves, pauses, resumes and cancels. The job's row is locked, so that no turn of the runner is amid. */
@Injectable()
export class ChangeReplay {
  constructor(private readonly database: Database) {}

  /** @returns undefined when the tenant has no such job */
  async change(caller: Caller, id: string, asked: ReplayCommand): Promise<Changed | undefined> {
    return this.database.transaction(async (tx) => {
      const job = await findReplay(tx, caller.tenantId, id, 'for update');
      if (job === undefined) return undefined;
      if (asked.type === 'ApproveReplay') await expectUntouched(tx, caller.tenantId, job);
      const decision = decide(asked, job);
      if (!decision.accepted) return decision;
      if (asked.type === 'ApproveReplay') await approve(tx, caller, job, asked.selectionHash);
      else await moveTo(tx, caller, job, decision.status);
      tx.signal(replaySignal);
      return { accepted: true, id };
    });
  }
}

/** The items are what the hash was made of. They can't change by grant; if they did, nobody may go on. */
async function expectUntouched(tx: Transaction, tenantId: string, job: ReplayRow): Promise<void> {
  const items = await listItems(tx, tenantId, job.id, { after: -1, limit: maxItems });
  if (hashOf(job.perSecond, items) !== job.selectionHash) {
    throw new Error(`The items of the replay ${job.id} are not those that were proposed`);
  }
}

async function approve(tx: Transaction, caller: Caller, { id }: ReplayRow, hash: string): Promise<void> {
  await tx.query(
    `update replay_job set status = 'running', approved_by = $3, approved_key = $4, approved_hash = $5,
       approved_at = clock_timestamp(), next_at = clock_timestamp()
     where tenant_id = $1 and id = $2`,
    [caller.tenantId, id, caller.actor, caller.keyId, hash],
  );
}

async function moveTo(
  tx: Transaction,
  { tenantId, actor }: Caller,
  { id }: ReplayRow,
  status: ReplayStatus,
): Promise<void> {
  await tx.query(
    `update replay_job set status = $3, changed_by = $4, changed_at = clock_timestamp(),
       next_at = coalesce(next_at, clock_timestamp())
     where tenant_id = $1 and id = $2`,
    [tenantId, id, status, actor],
  );
}
