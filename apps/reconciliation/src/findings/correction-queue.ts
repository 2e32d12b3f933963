import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Database, type Transaction } from '@defter/platform';
import type { Config } from '../config.js';
import { findProposal, type ProposalRow } from './proposal-row.js';

/** As many per round and tenant. */
const LIMIT = 20;
const LONGEST_LOOK_S = 3_600;
/** The wait between two questions doubles up to so many times the lease. */
const LONGEST_ASK = 64;

/** An approved proposal whose difference has to be seen again. */
export interface ToConfirm {
  readonly proposal_id: string;
  readonly finding_id: string;
  readonly provider: string;
  readonly connection_id: string;
  readonly approved_revision: number;
  readonly confirming_run: string | null;
}

const EXPIRED = `
  select proposal_id, finding_id from proposal
   where tenant_id = $1 and status in ('proposed', 'approved') and expires_at <= $2
   order by expires_at limit ${LIMIT}`;

const TO_CONFIRM = `
  select p.proposal_id, p.finding_id, f.provider, f.connection_id, p.approved_revision, p.confirming_run
    from proposal p join finding f on f.tenant_id = $1 and f.id = p.finding_id
   where p.tenant_id = $1 and p.status = 'approved' and p.expires_at > $2
     and (p.look_due_at is null or p.look_due_at <= clock_timestamp())
   order by p.proposed_at limit ${LIMIT}`;

/** An edit and another approval in between need another run. */
const CONFIRM_BY = `
  update proposal set confirming_run = $4, looks = looks + 1, look_due_at = null
   where tenant_id = $1 and proposal_id = $2 and status = 'approved' and approved_revision = $3
     and confirming_run is null`;

const LOOK_AGAIN = `
  update proposal set confirming_run = null,
    look_due_at = clock_timestamp()
      + least(power(2, least(looks, 12)), ${LONGEST_LOOK_S}) * interval '1 second'
   where tenant_id = $1 and proposal_id = $2 and status = 'approved'`;

/** Whoever takes one may ask for as long as the lease; each next one waits longer. */
const TAKE = `
  update proposal set asks = asks + 1, lease_until = clock_timestamp()
      + $2::bigint * least(power(2, asks), ${LONGEST_ASK}) * interval '1 millisecond'
   where tenant_id = $1 and proposal_id = (
     select proposal_id from proposal
      where tenant_id = $1 and status in ('booking', 'unknown')
        and (lease_until is null or lease_until < clock_timestamp())
      order by lease_until nulls first, proposal_id for update skip locked limit 1)
  returning proposal_id`;

const UNKNOWN = `
  update proposal set status = 'unknown', unknown_because = $3
   where tenant_id = $1 and proposal_id = $2 and status in ('booking', 'unknown')`;

const SEQUENCE = `update proposal set sequence = $3 where tenant_id = $1 and proposal_id = $2`;

/** The proposals that wait for something, as their tables tell. */
@Injectable()
export class CorrectionQueue {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  expired(tenantId: string, now: Date): Promise<{ proposal_id: string; finding_id: string }[]> {
    return this.database.query(EXPIRED, [tenantId, now]);
  }

  toConfirm(tenantId: string, now: Date): Promise<ToConfirm[]> {
    return this.database.query<ToConfirm>(TO_CONFIRM, [tenantId, now]);
  }

  async confirmBy(tenantId: string, proposal: ToConfirm, runId: string): Promise<void> {
    const { proposal_id, approved_revision } = proposal;
    await this.database.query(CONFIRM_BY, [tenantId, proposal_id, approved_revision, runId]);
  }

  /** After a while, longer each time: the run failed, or for it the difference is still early. */
  async lookAgain(tenantId: string, proposalId: string): Promise<void> {
    await this.database.query(LOOK_AGAIN, [tenantId, proposalId]);
  }

  /** The next one that nobody asks the ledger about. */
  async take(tenantId: string): Promise<ProposalRow | undefined> {
    const [taken] = await this.database.query<{ proposal_id: string }>(TAKE, [
      ...[tenantId, this.config.correctionLeaseMs],
    ]);
    return taken && findProposal(this.database, tenantId, taken.proposal_id);
  }

  async unknown(tenantId: string, proposalId: string, because: string): Promise<void> {
    await this.database.query(UNKNOWN, [tenantId, proposalId, because.slice(0, 500)]);
  }

  async keepSequence(tx: Transaction, tenantId: string, proposalId: string, sequence: string): Promise<void> {
    await tx.query(SEQUENCE, [tenantId, proposalId, sequence]);
  }
}
