import { readFile } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@defter/platform';
import { type Exemption, overdueOn, readExemptions } from '@defter/reconciliation-contracts';
import { addDays } from '../business-day.js';
import type { Config } from '../config.js';
import { CouldNotLook, type Job, type JobResult, type RunningJob } from '../jobs/job.js';

/** Whoever has to end one wants to know some days before. */
const SOON_DAYS = 7;
const FAULTS_SHOWN = 5;

/** Looks for exemptions whose last date is over. */
@Injectable()
export class ExemptionCheck implements Job {
  readonly name = 'exemption-check';

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  async run(job: RunningJob): Promise<JobResult> {
    const exemptions = await this.exemptions();
    const overdue = overdueOn(exemptions, job.businessOn);
    const soon = overdueOn(exemptions, addDays(job.businessOn, SOON_DAYS)).filter(
      (each) => !overdue.includes(each),
    );
    for (const { id, owner, due, what } of overdue)
      job.warn('An exemption is overdue', { exemption: id, owner, due, what });
    const facts = { exemptions: exemptions.length, overdue: overdue.map(briefOf), soon: soon.map(briefOf) };
    return { found: overdue.length, facts };
  }

  private async exemptions(): Promise<readonly Exemption[]> {
    const { exemptionsFile } = this.config;
    if (exemptionsFile === undefined)
      throw new CouldNotLook('EXEMPTIONS_FILE names no register: set it to the path of exemptions.json');
    const text = await readFile(exemptionsFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new CouldNotLook(`${exemptionsFile} can't be read (${error.code ?? 'unknown'})`);
    });
    const { exemptions, faults } = readExemptions(text);
    if (faults.length === 0) return exemptions;
    const more = faults.length > FAULTS_SHOWN ? `; and ${faults.length - FAULTS_SHOWN} more` : '';
    throw new CouldNotLook(`${exemptionsFile}: ${faults.slice(0, FAULTS_SHOWN).join('; ')}${more}`);
  }
}

const briefOf = ({ id, kind, owner, due }: Exemption) => ({ id, kind, owner, due });
