import { Injectable } from '@nestjs/common';
import { memberOf } from '@defter/platform';
import { CouldNotLook, type Job, type JobResult, type RunningJob } from '../jobs/job.js';
import { LedgerApi } from '../ledger-api.js';

/** Differences that stand in the run's result; `./defter verify` shows all. */
const SHOWN = 20;

/** Has the ledger recompute itself from its rows, and keeps what it says. */
@Injectable()
export class VerifyProofs implements Job {
  readonly name = 'verify-proofs';

  constructor(private readonly ledger: LedgerApi) {}

  async run(job: RunningJob): Promise<JobResult> {
    const { tenant } = job;
    const name = { tenantId: tenant.id, ledger: tenant.ledger };
    const lines = (await this.ledger.head(name)) === 0n ? [] : await this.ledger.verification(name);
    if (lines.length === 0) return { found: 0, facts: { ledger: tenant.ledger, sequence: 0 } };
    const findings = lines.map((line) => memberOf(line, 'finding')).filter((found) => found !== undefined);
    const summary = lines.map((line) => memberOf(line, 'summary')).find((found) => found !== undefined);
    if (summary === undefined) throw new CouldNotLook('The ledger did not end its verification');
    job.info('The ledger is recomputed', { findings: findings.length });
    return { found: findings.length, facts: { summary, findings: findings.slice(0, SHOWN) } };
  }
}
