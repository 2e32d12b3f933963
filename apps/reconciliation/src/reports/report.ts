/** Reports that are kept as they were made. */
export const reportKinds = ['daily', 'settlement', 'capacity', 'slo'] as const;
export type ReportKind = (typeof reportKinds)[number];

export const languages = ['en', 'tr'] as const;
export type Language = (typeof languages)[number];

/** What stands over every report. Instants are ISO 8601 in UTC, dates `YYYY-MM-DD`. */
export interface ReportHead {
  readonly tenant: string;
  readonly tenantName: string;
  readonly zone: string;
  readonly businessOn: string;
  /** Since when it looks, and until when: what came later stands in the next one. */
  readonly since: string;
  readonly asOf: string;
}

/** A report with its place among its versions. */
export interface StoredReport<C extends ReportHead = ReportHead> {
  readonly kind: ReportKind;
  readonly version: number;
  readonly madeAt: string;
  readonly content: C;
}

export const severities = ['HIGH', 'MED', 'LOW'] as const;
export type BySeverity = Readonly<Record<(typeof severities)[number], number>>;
