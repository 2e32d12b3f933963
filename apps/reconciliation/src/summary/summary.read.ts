import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';
import type { SummaryView } from '@defter/reconciliation-contracts';
import { LastRuns } from '../runs/last-runs.read.js';

interface FindingCount {
  readonly finding_type: string;
  readonly severity: 'LOW' | 'MED' | 'HIGH';
  readonly status: string;
  readonly count: number;
}

const FINDINGS = `
  select finding_type, severity, status, count(*)::int as count from finding
   where tenant_id = $1 group by finding_type, severity, status order by finding_type, severity, status`;
const OPERATIONS = `select count(*)::int as count from operation where tenant_id = $1`;
const JOURNAL = `
  select ledger, max(sequence)::text as sequence from journal_entry
    where tenant_id = $1 group by ledger order by ledger`;

const closed: ReadonlySet<string> = new Set(['resolved', 'accepted_risk', 'auto_resolved']);

/** Where the tenant's reconciliation stands. */
@Injectable()
export class ReadSummary {
  constructor(
    private readonly database: Database,
    private readonly runs: LastRuns,
  ) {}

  async summary(tenantId: string): Promise<SummaryView> {
    const findings = await this.database.query<FindingCount>(FINDINGS, [tenantId]);
    const [operations] = await this.database.query<{ count: number }>(OPERATIONS, [tenantId]);
    const journal = await this.database.query<{ ledger: string; sequence: string }>(JOURNAL, [tenantId]);
    const open = { LOW: 0, MED: 0, HIGH: 0 };
    for (const { severity, status, count } of findings) if (!closed.has(status)) open[severity] += count;
    const known = { operations: operations?.count ?? 0, journal };
    return { findings, open, connections: await this.runs.ofEachConnection(tenantId), known };
  }
}
