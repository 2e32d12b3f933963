import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@defter/platform';
import { isActiveRun } from '@defter/reconciliation-domain';
import type { Config } from '../config.js';
import { Connections } from '../connections.js';
import type { Job, JobResult, RunningJob } from '../jobs/job.js';
import { RunRequests } from './run-requests.js';
import type { RunRow } from './run.js';

/** Who a run was requested by, where nobody asked in person. */
const ACTOR = 'job reconcile';
/** Looks between two savings, by which it hears that the process is to end. */
const SAVE_EVERY = 5;

/**
 * Requests a run of the business date for each connection whose provider's reports we can read, and waits
 * until the workers have carried them out. The job's own row makes it once per date; which runs it has
 * requested is its progress, so that a process that takes over requests none of them again.
 */
@Injectable()
export class Reconcile implements Job {
  readonly name = 'reconcile';

  constructor(
    private readonly connections: Connections,
    private readonly runs: RunRequests,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async run(job: RunningJob): Promise<JobResult> {
    const requested = await this.requested(job);
    const facts: Record<string, string> = {};
    const unseen: string[] = [];
    for (const [connection, runId] of Object.entries(requested)) {
      const { status, failure_detail: detail } = await this.ended(job, requested, runId);
      facts[connection] = `${runId} ${status}`;
      if (status !== 'completed') unseen.push(`the run of ${connection} ${status}: ${detail ?? 'no reason'}`);
    }
    job.info('Reconciliation is done', { runs: facts });
    return { found: unseen.length, facts: { runs: facts }, unseen };
  }

  /** The runs of the date by their connections; those of an earlier start are kept. */
  private async requested(job: RunningJob): Promise<Readonly<Record<string, string>>> {
    const runs: Record<string, string> = { ...(job.progress['runs'] as Record<string, string> | undefined) };
    const { id: tenantId, connections } = job.tenant;
    for (const { id: connectionId, provider } of connections) {
      if (runs[connectionId] !== undefined || this.connections.source(provider) === undefined) continue;
      const request = { provider, connectionId, businessOn: job.businessOn, asOf: null };
      const answer = await this.runs.request({ tenantId, actor: ACTOR }, request);
      if (!answer.accepted) continue; // the connection went while we looked
      runs[connectionId] = answer.run.run_id;
      await job.save({ runs });
    }
    return runs;
  }

  private async ended(job: RunningJob, runs: object, runId: string): Promise<RunRow> {
    for (let look = 1; ; look += 1) {
      const run = await this.runs.find(job.tenant.id, runId);
      if (run === undefined) throw new Error(`the run ${runId} is gone`);
      if (!isActiveRun(run.status)) return run;
      if (look % SAVE_EVERY === 0) await job.save({ runs });
      await sleep(this.config.jobPollMs);
    }
  }
}
