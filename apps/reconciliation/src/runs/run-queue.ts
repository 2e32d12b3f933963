import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, CONFIG, CrashPoints, Database, type Transaction } from '@defter/platform';
import type { ActiveRunStatus } from '@defter/reconciliation-domain';
import type { Config } from '../config.js';
import type { CrashPoint } from '../crash-points.js';
import { forgetFetched } from './fetched-files.js';
import { RUN_COLUMNS, type RunRow, RunTakenOver } from './run.js';

const ACTIVE = `status in ('queued', 'ingesting', 'matching', 'classifying')`;

/**
 * A run that no living worker holds. While a step's transaction holds the row, it is skipped, however long
 * it takes. Runs of one connection go one after the other: what an older one froze would close what a newer
 * one has raised since.
 */
const CLAIM = `
  update run set attempt = attempt + 1,
    lease_until = clock_timestamp() + $2::bigint * interval '1 millisecond',
                 status = case status when 'queued' then 'ingesting' else status end
   where tenant_id = $1 and run_id = (
     select run_id from run
      where tenant_id = $1 and ${ACTIVE} and (lease_until is null or lease_until < clock_timestamp())
        and not exists (select from run older
          where older.tenant_id = $1 and older.provider = run.provider
            and older.connection_id = run.connection_id and older.run_id < run.run_id
            and older.${ACTIVE})
      order by run_id for update skip locked limit 1)
  returning ${RUN_COLUMNS}`;

/** The attempt's number is the fence: a worker that was paused and comes back finds another one there. */
const ENTER = `
  update run set lease_until = clock_timestamp() + $5::bigint * interval '1 millisecond'
   where tenant_id = $1 and run_id = $2 and attempt = $3 and status = $4 returning run_id`;

/** Never waits: while a step's transaction holds the row, nobody can take the run anyway. */
const BEAT = `
  update run set lease_until = clock_timestamp() + $4::bigint * interval '1 millisecond'
   where tenant_id = $1 and run_id = (
     select run_id from run where tenant_id = $1 and run_id = $2 and attempt = $3 and ${ACTIVE}
        for update skip locked)`;

/**
 * Another step or a file of the connection may take minutes; this one then gives its place in the database
 * back, and tries again.
 */
const LOCK_WAIT_MS = 1_000;
const LOCK_WAIT = `select current_setting('lock_timeout') as lock_timeout`;
const WAIT_FOR_LOCKS = `select set_config('lock_timeout', $1, true)`;

const LOCK_CONNECTION = `
  update reconciled_connection set steps = steps + 1
   where tenant_id = $1 and provider = $2 and connection_id = $3 returning steps`;

/** The step may have taken longer than a lease, without a beat: the next one begins with a whole one. */
const ADVANCE = `
  update run set status = $4, counts = counts || $5::jsonb,
                 lease_until = clock_timestamp() + $7::bigint * interval '1 millisecond',
                 finished_at = case when $4 = 'completed' then $6::timestamptz end
   where tenant_id = $1 and run_id = $2 and attempt = $3`;

const FAIL = `
  update run set status = 'failed', failure_code = $4, failure_detail = $5, finished_at = $6
   where tenant_id = $1 and run_id = $2 and attempt = $3 and ${ACTIVE} returning run_id`;

const FORGET_RESIDUE = `delete from run_residue where tenant_id = $1 and run_id = $2`;

const LATER = `
  update run set lease_until = clock_timestamp() + $4::bigint * interval '1 millisecond',
    excused = excused + case when $5 then 1 else 0 end
   where tenant_id = $1 and run_id = $2 and attempt = $3 and ${ACTIVE}`;

/** The runs that wait for a worker, and the guard around each step. */
@Injectable()
export class RunQueue {
  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly crash: CrashPoints<CrashPoint>,
  ) {}

  /** After so long without a sign of its worker a run is anybody's. */
  get leaseMs(): number {
    return this.config.runLeaseMs;
  }

  /** Where a step can be ended. */
  reach(point: CrashPoint): void {
    this.crash.reach(point);
  }

  /** Takes a waiting or abandoned run of the tenant, or nothing. */
  async claim(tenantId: string, leaseMs = this.leaseMs): Promise<RunRow | undefined> {
    const [run] = await this.database.query<RunRow>(CLAIM, [tenantId, leaseMs]);
    return run;
  }

  /** Says that the run's worker lives. Once somebody else has the run it changes nothing. */
  async beat(run: RunRow): Promise<void> {
    await this.database.query(BEAT, [run.tenant_id, run.run_id, run.attempt, this.leaseMs]);
  }

  /**
   * Begins a step: the run is still ours and in the step's state, and no other step of the connection is
   * under way until the end of the transaction. @returns the step's instant @throws RunTakenOver; @throws
   * Fault `database-busy` when another step or file of the connection is under way
   */
  async enter(tx: Transaction, run: RunRow, status: ActiveRunStatus): Promise<Date> {
    const held = await tx.query(ENTER, [run.tenant_id, run.run_id, run.attempt, status, this.leaseMs]);
    if (held.length === 0) throw new RunTakenOver();
    const [usual] = await tx.query<{ lock_timeout: string }>(LOCK_WAIT);
    await tx.query(WAIT_FOR_LOCKS, [`${LOCK_WAIT_MS}`]);
    await tx.query(LOCK_CONNECTION, [run.tenant_id, run.provider, run.connection_id]);
    await tx.query(WAIT_FOR_LOCKS, [usual?.lock_timeout ?? '0']);
    return this.clock.now();
  }

  /** Ends a step in its transaction. */
  async advance(tx: Transaction, run: RunRow, to: Pick<RunRow, 'status' | 'counts'>): Promise<void> {
    const at = this.clock.now();
    await tx.query(ADVANCE, [
      run.tenant_id,
      run.run_id,
      run.attempt,
      to.status,
      JSON.stringify(to.counts),
      at,
      this.leaseMs,
    ]);
  }

  /** Ends the run for good, unless somebody else has it. */
  async fail(
    tx: Transaction,
    run: RunRow,
    { code, detail }: { code: string; detail: string },
  ): Promise<void> {
    const at = this.clock.now();
    await tx.query(FAIL, [run.tenant_id, run.run_id, run.attempt, code, detail.slice(0, 2_000), at]);
    await tx.query(FORGET_RESIDUE, [run.tenant_id, run.run_id]);
    await forgetFetched(tx, run);
  }

  /**
   * Lets any worker try again after a while. An `excused` attempt isn't counted: the run did nothing wrong.
   */
  async later(run: RunRow, pauseMs: number, excused = false): Promise<void> {
    await this.database.query(LATER, [run.tenant_id, run.run_id, run.attempt, pauseMs, excused]);
  }
}
