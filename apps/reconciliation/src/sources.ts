import type { PaymentProvider } from '@defter/payments-contracts';

/** A provider whose reports we read, and where it answers. */
export interface ReportSource {
  readonly provider: Pick<PaymentProvider, 'manifest' | 'reports' | 'statements'>;
  readonly baseUrl: string;
}

/** By the provider's id. */
export type ReportSources = ReadonlyMap<string, ReportSource>;

/** Injection token of `ReportSources`. */
export const REPORT_SOURCES = Symbol('REPORT_SOURCES');
