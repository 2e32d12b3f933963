import type { RunStatus } from '@defter/reconciliation-domain';
import type { Sighting } from '../finding-recorder.js';

/** A run as it is stored. */
export interface RunRow {
  readonly tenant_id: string;
  readonly run_id: string;
  readonly provider: string;
  readonly connection_id: string;
  readonly business_on: string | null;
  readonly as_of: Date;
  readonly settled_before: Date;
  readonly known_before: Date;
  readonly status: RunStatus;
  readonly requested_by: string;
  readonly requested_at: Date;
  readonly finished_at: Date | null;
  readonly attempt: number;
  /** Attempts that don't count, because they only waited. */
  readonly excused: number;
  readonly counts: Readonly<Record<string, unknown>>;
  readonly failure_code: string | null;
  readonly failure_detail: string | null;
}

export const RUN_COLUMNS = `tenant_id, run_id, provider, connection_id, business_on, as_of, settled_before,
  known_before, status, requested_by, requested_at, finished_at, attempt, excused, counts, failure_code,
  failure_detail`;

/** The signal of a transaction that requested a run. */
export const RUN_REQUESTED = 'run-requested';

/** A run's outcome that no further attempt would change. */
export class RunFailure extends Error {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

/** Another worker has taken the run over, or it is done: this one stops without a trace. */
export class RunTakenOver extends Error {}

/** Whose reports a run is about. */
export const sourceOf = ({
  provider,
  connection_id,
}: RunRow): { provider: string; connectionId: string } => ({
  ...{ provider, connectionId: connection_id },
});

/** How a run looks for findings. */
export const sightingOf = (run: RunRow, origin: Sighting['origin'], at: Date): Sighting => ({
  ...{ tenantId: run.tenant_id, ...sourceOf(run), cause: run.run_id, origin, at },
});
