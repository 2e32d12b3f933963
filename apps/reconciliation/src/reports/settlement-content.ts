import type { ReportHead } from './report.js';

/** What one batch says in one currency, and what we have of it. Amounts are minor units as text. */
export interface Batch {
  readonly on: string;
  readonly provider: string;
  readonly connection: string;
  readonly batch: string;
  readonly currency: string;
  readonly lines: number;
  readonly inMinor: string;
  readonly outMinor: string;
  readonly feeMinor: string;
  /** In less out less fees: what the provider owes for it. */
  readonly netMinor: string;
  /** Our amounts of the matched lines, with the same signs, less the fees that we expected. */
  readonly oursMinor: string;
  readonly unmatchedLines: number;
  readonly unmatchedMinor: string;
  /** Never netted with each other. */
  readonly explainedMinor: string;
  readonly unexplainedLines: number;
  readonly unexplainedMinor: string;
}

/** Many lines, one transfer: what was settled in the period, and what arrived at the bank by our books. */
export interface BankTotal {
  readonly provider: string;
  readonly connection: string;
  readonly currency: string;
  readonly netMinor: string;
  readonly arrivedMinor: string;
  readonly transfers: number;
  readonly toComeMinor: string;
}

export interface SettlementContent extends ReportHead {
  /** The first day of the period; it ends with the business date. */
  readonly from: string;
  readonly batches: readonly Batch[];
  readonly bank: readonly BankTotal[];
}

/** What arrived at the bank for a connection. */
export interface Arrived {
  readonly connection: string;
  readonly currency: string;
  readonly minor: string;
  readonly transfers: number;
}

/** Sets every connection's batches and transfers beside each other; also where there is only one of both. */
export function bankTotals(
  batches: readonly Batch[],
  arrived: readonly Arrived[],
  providerOf: (connection: string) => string,
): BankTotal[] {
  const names = [...batches, ...arrived].map(({ connection, currency }) => `${connection} ${currency}`);
  return [...new Set(names)].sort().map((name) => {
    const [connection = '', currency = ''] = name.split(' ');
    const isIt = (each: { connection: string; currency: string }): boolean =>
      each.connection === connection && each.currency === currency;
    const net = batches.filter(isIt).reduce((sum, { netMinor }) => sum + BigInt(netMinor), 0n);
    const came = arrived.find(isIt);
    const minor = BigInt(came?.minor ?? '0');
    return {
      ...{ provider: providerOf(connection), connection, currency, netMinor: `${net}` },
      ...{ arrivedMinor: `${minor}`, transfers: came?.transfers ?? 0, toComeMinor: `${net - minor}` },
    };
  });
}

/** Lines that nobody can explain: not with us at all, or with a difference that has no name. */
export const doubtfulLines = ({ batches }: Pick<SettlementContent, 'batches'>): number =>
  batches.reduce((sum, { unmatchedLines, unexplainedLines }) => sum + unmatchedLines + unexplainedLines, 0);
