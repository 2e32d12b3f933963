import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@defter/kernel';
import { canonicalJson, CLOCK, Database, type Transaction } from '@defter/platform';
import { sha256 } from '../digest.js';
import type { RunningJob } from '../jobs/job.js';
import type { ReportHead, ReportKind, StoredReport } from './report.js';

interface ReportRow {
  readonly kind: ReportKind;
  readonly business_on: string;
  readonly version: number;
  readonly made_at: Date;
  readonly as_of: Date;
  readonly digest: string;
  readonly content: unknown;
}

const COLUMNS = 'kind, business_on, version, made_at, as_of, digest, content';

const NEWEST = `
  select ${COLUMNS} from report where tenant_id = $1 and kind = $2 and business_on = $3
   order by version desc limit 1`;
const VERSION = `
  select ${COLUMNS} from report
   where tenant_id = $1 and kind = $2 and business_on = $3 and version = $4`;
const LAST_DATE = `select max(business_on) as business_on from report where tenant_id = $1 and kind = $2`;
const BEFORE = `
  select ${COLUMNS} from report where tenant_id = $1 and kind = $2 and business_on < $3
   order by business_on desc, version desc limit 1`;
const BETWEEN = `
  select distinct on (business_on) ${COLUMNS} from report
   where tenant_id = $1 and kind = $2 and business_on < $3 and business_on >= $4
   order by business_on desc, version desc`;
const LIST = `
  select kind, business_on, max(version) as version, max(made_at) as made_at from report
   where tenant_id = $1 group by kind, business_on order by business_on desc, kind limit 100`;
const INSERT = `
  insert into report (tenant_id, kind, business_on, version, run_id, as_of, made_at, digest, content)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;

/** What a report's page is asked for by. */
export interface ReportName {
  readonly tenantId: string;
  readonly kind: ReportKind;
  readonly businessOn: string;
}

/** Reports as they were made. Nothing here is ever changed; what has changed is another version. */
@Injectable()
export class ReportStore {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Keeps the report as the next version, unless the last one says the same. */
  async keep<C extends ReportHead>(
    tx: Transaction,
    job: RunningJob,
    kind: ReportKind,
    content: C,
  ): Promise<{ readonly report: StoredReport<C>; readonly isNew: boolean }> {
    const { tenant, businessOn } = { tenant: job.tenant.id, businessOn: content.businessOn };
    const digest = digestOf(content);
    const [last] = await tx.query<ReportRow>(NEWEST, [tenant, kind, businessOn]);
    if (last?.digest === digest) return { report: toReport<C>(last), isNew: false };
    const version = (last?.version ?? 0) + 1;
    const madeAt = this.clock.now();
    const values = [job.runId, content.asOf, madeAt, digest, JSON.stringify(content)];
    await tx.query(INSERT, [tenant, kind, businessOn, version, ...values]);
    return { report: { kind, version, madeAt: madeAt.toISOString(), content }, isNew: true };
  }

  /** The newest version, or the one that is asked for. */
  async find<C extends ReportHead>(
    { tenantId, kind, businessOn }: ReportName,
    version?: number,
  ): Promise<StoredReport<C> | undefined> {
    const name = [tenantId, kind, businessOn];
    const [row] = await (version === undefined
      ? this.database.query<ReportRow>(NEWEST, name)
      : this.database.query<ReportRow>(VERSION, [...name, version]));
    return row && toReport<C>(row);
  }

  /** The last date that has one. */
  async lastDate(tenantId: string, kind: ReportKind): Promise<string | undefined> {
    const [row] = await this.database.query<{ business_on: string | null }>(LAST_DATE, [tenantId, kind]);
    return row?.business_on ?? undefined;
  }

  /** The last one of an earlier date. */
  async before<C extends ReportHead>(name: ReportName): Promise<StoredReport<C> | undefined> {
    const values = [name.tenantId, name.kind, name.businessOn];
    const [row] = await this.database.query<ReportRow>(BEFORE, values);
    return row && toReport<C>(row);
  }

  /** The newest version of each earlier date since that one, newest first. */
  async earlier<C extends ReportHead>(name: ReportName, since: string): Promise<StoredReport<C>[]> {
    const values = [name.tenantId, name.kind, name.businessOn, since];
    return (await this.database.query<ReportRow>(BETWEEN, values)).map((row) => toReport<C>(row));
  }

  /** Which there are, newest first. */
  async list(tenantId: string): Promise<Pick<ReportRow, 'kind' | 'business_on' | 'version' | 'made_at'>[]> {
    return this.database.query(LIST, [tenantId]);
  }
}

/** Of what it says, not of when it was looked. */
const digestOf = ({ asOf: _, ...content }: ReportHead): string => sha256(canonicalJson(content));

const toReport = <C extends ReportHead>(row: ReportRow): StoredReport<C> => ({
  ...{ kind: row.kind, version: row.version, madeAt: row.made_at.toISOString() },
  content: row.content as C,
});
