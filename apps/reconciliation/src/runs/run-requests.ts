import { Inject, Injectable } from '@nestjs/common';
import { type Clock, isId, newId } from '@defter/kernel';
import { type Caller, CLOCK, CONFIG, Database, type Transaction } from '@defter/platform';
import { isActiveRun, type RunStatus } from '@defter/reconciliation-domain';
import type { Config } from '../config.js';
import { Connections } from '../connections.js';
import { RunAsker } from '../run-asker.js';
import { RUN_COLUMNS, RUN_REQUESTED, type RunRow } from './run.js';

/** What a caller asks for; `asOf` is the instant from which the normal lags are counted back. */
export interface RunRequest {
  readonly provider: string;
  readonly connectionId: string;
  readonly businessOn: string | null;
  readonly asOf: Date | null;
}

export type RunRefusal =
  | { readonly code: 'provider-unknown' | 'connection-unknown' }
  | { readonly code: 'as-of-ahead'; readonly now: string };
type Requested =
  | { readonly accepted: true; readonly run: RunRow; readonly created: boolean }
  | { readonly accepted: false; readonly refusal: RunRefusal };

const KNOW_CONNECTION = `
  insert into reconciled_connection (tenant_id, provider, connection_id) values ($1, $2,
    $3) on conflict do nothing`;

const INSERT = `
  insert into run (tenant_id, run_id, provider, connection_id, business_on, as_of, settled_before,
    known_before, status, requested_by, requested_at)
  select $1, $2, $3, $4, $5, $6::timestamptz,
    $6::timestamptz - interval '1 millisecond' * coalesce(
      (select rule.settlement_lag_ms from connection_rule rule
        where rule.tenant_id = $1 and rule.provider = $3 and rule.connection_id = $4), $7::bigint),
    $8::timestamptz, 'queued', $9, $10
  on conflict (tenant_id, provider, connection_id, business_on)
    where status in ('queued', 'ingesting', 'matching', 'classifying') do nothing
  returning ${RUN_COLUMNS}`;

const FIND_ACTIVE = `
  select ${RUN_COLUMNS} from run
   where tenant_id = $1 and provider = $2 and connection_id = $3 and business_on is not distinct from $4
     and status in ('queued', 'ingesting', 'matching', 'classifying')`;

/** A caller's clock may be a little ahead of ours. */
const CLOCKS_DIFFER_MS = 60_000;

const FIND = `select ${RUN_COLUMNS} from run where tenant_id = $1 and run_id = $2`;

/** Who asks, as the run names them. */
export type RunCaller = Pick<Caller, 'tenantId' | 'actor'>;

/** Puts runs into the queue. */
@Injectable()
export class RunRequests extends RunAsker {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly connections: Connections,
    private readonly database: Database,
  ) {
    super();
  }

  /**
   * A new run, or the one that is under way for the same connection and date: n requests at once are one
   * run.
   */
  async request(caller: RunCaller, request: RunRequest): Promise<Requested> {
    const { provider, connectionId } = request;
    if (this.connections.source(provider) === undefined) {
      return { accepted: false, refusal: { code: 'provider-unknown' } };
    }
    const { tenantId } = caller;
    if ((await this.connections.find({ tenantId, provider, connectionId })) === undefined) {
      return { accepted: false, refusal: { code: 'connection-unknown' } };
    }
    const now = this.clock.now();
    // It would raise what is only on its way, and no later run could tell that from the real.
    if (request.asOf !== null && request.asOf.getTime() > now.getTime() + CLOCKS_DIFFER_MS)
      return { accepted: false, refusal: { code: 'as-of-ahead', now: now.toISOString() } };
    for (;;) {
      const found = await this.database.transaction((tx) => this.insertOrFind(tx, caller, request));
      // Neither: the active run ended between the two statements. The next round makes a new one.
      if (found !== undefined) return { accepted: true, ...found };
    }
  }

  /** The run as it is once it has ended, or as it is when the time is over or the caller has gone. */
  async ended(run: RunRow, gone: () => boolean): Promise<RunRow> {
    const deadline = Date.now() + this.config.runWaitMs;
    let current = run;
    while (isActiveRun(current.status) && Date.now() < deadline && !gone()) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(this.config.runPollMs, 100)));
      current = (await this.find(run.tenant_id, run.run_id)) ?? current;
    }
    return current;
  }

  async find(tenantId: string, runId: string): Promise<RunRow | undefined> {
    if (!isId('run', runId)) return undefined;
    const [run] = await this.database.query<RunRow>(FIND, [tenantId, runId]);
    return run;
  }

  async ask(
    tenantId: string,
    source: { readonly provider: string; readonly connectionId: string },
    because: string,
  ): Promise<string | undefined> {
    const asked = await this.request(
      { tenantId, actor: because },
      { ...source, businessOn: null, asOf: null },
    );
    return asked.accepted && asked.created ? asked.run.run_id : undefined;
  }

  async statusOf(tenantId: string, runId: string): Promise<RunStatus | undefined> {
    return (await this.find(tenantId, runId))?.status;
  }

  private async insertOrFind(
    tx: Transaction,
    { tenantId, actor }: RunCaller,
    { provider, connectionId, businessOn, asOf }: RunRequest,
  ): Promise<{ run: RunRow; created: boolean } | undefined> {
    const now = this.clock.now();
    const instant = asOf ?? now;
    const before = (lagMs: number): Date => new Date(instant.getTime() - lagMs);
    const connection = [tenantId, provider, connectionId];
    await tx.query(KNOW_CONNECTION, connection);
    // The first one unless the connection has a lag of its own.
    const lags = [this.config.settlementLagMs, before(this.config.internalLagMs)];
    const values = [tenantId, newId('run'), provider, connectionId, businessOn, instant, ...lags, actor, now];
    const [created] = await tx.query<RunRow>(INSERT, values);
    tx.signal(RUN_REQUESTED);
    if (created !== undefined) return { run: created, created: true };
    const [active] = await tx.query<RunRow>(FIND_ACTIVE, [...connection, businessOn]);
    return active && { run: active, created: false };
  }
}
