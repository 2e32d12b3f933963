import { Injectable } from '@nestjs/common';
import type { ActiveRunStatus, RunStatus } from '@defter/reconciliation-domain';
import { ClassifyResidue } from './classify-residue.js';
import { IngestReports } from './ingest-reports.js';
import { MatchLines } from './match-lines.js';
import type { RunRow } from './run.js';

/** Which step belongs to which state of a run. */
@Injectable()
export class RunSteps {
  constructor(
    private readonly ingest: IngestReports,
    private readonly match: MatchLines,
    private readonly classify: ClassifyResidue,
  ) {}

  /** Does the step of the run's state. @returns the state after it */
  next(run: RunRow, status: ActiveRunStatus): Promise<RunStatus> {
    switch (status) {
      case 'queued': // a claim has moved it on already
      case 'ingesting':
        return this.ingest.run(run);
      case 'matching':
        return this.match.run(run);
      case 'classifying':
        return this.classify.run(run);
    }
  }
}
