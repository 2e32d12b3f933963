import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { CLOCK, Database, type Transaction } from '@defter/platform';
import { classifyDrift, type Drift, driftKeys } from '@defter/reconciliation-domain';
import { FindingRecorder, type Sighting } from '../finding-recorder.js';
import type { RunningJob } from '../jobs/job.js';
import { type LiveFinding, liveFindings } from '../live-findings.read.js';

const TYPE = 'wallet_ledger_drift';

/** The findings of a scan: each account that is off, until a scan sees that it isn't any more. */
@Injectable()
export class DriftFindings {
  constructor(
    private readonly database: Database,
    private readonly findings: FindingRecorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async raise(tx: Transaction, job: RunningJob, drift: Drift): Promise<void> {
    await this.findings.observe(tx, this.sighting(job), [classifyDrift(drift)]);
  }

  /** Closes those that this scan didn't see again. It has seen every account by now. @returns how many */
  async closeOthers(tx: Transaction, job: RunningJob): Promise<number> {
    const others = (await this.live(tx, job)).filter(({ last_seen_by }) => last_seen_by !== job.runId);
    const gone = others.map((finding) => ({ findingType: TYPE, keys: driftKeys(placeOf(finding)) }) as const);
    return this.findings.close(tx, this.sighting(job), gone);
  }

  /** Accounts and assets, `account asset`, whose balance this scan has found to be off. */
  async placesOf(job: RunningJob): Promise<ReadonlySet<string>> {
    const live = (await this.live(this.database, job)).filter(
      ({ last_seen_by }) => last_seen_by === job.runId,
    );
    return new Set(live.map(placeOf).map(({ account, asset }) => `${account} ${asset}`));
  }

  /** What this scan has found, as it stands with the findings. */
  async ofRun(job: RunningJob): Promise<unknown[]> {
    const live = await this.live(this.database, job);
    return live.filter(({ last_seen_by }) => last_seen_by === job.runId).map(({ raw }) => raw);
  }

  private async live(database: Pick<Database, 'query'>, job: RunningJob): Promise<LiveFinding[]> {
    const all = await liveFindings(database, job.tenant.id, TYPE);
    return all.filter(({ connection_id }) => connection_id === job.tenant.ledger);
  }

  private sighting(job: RunningJob): Sighting {
    const { id, ledger } = job.tenant;
    const where = { tenantId: id, provider: 'ledger', connectionId: ledger };
    return { ...where, origin: 'job', cause: job.runId, at: this.clock.now() };
  }
}

const placeOf = ({ raw }: LiveFinding) => ({
  ledger: String(raw['ledger']),
  account: String(raw['account']),
  asset: String(raw['asset']),
});
