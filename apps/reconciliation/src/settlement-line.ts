import type { ReportLine } from '@defter/payments-contracts';

/**
 * A line of a settlement file, whoever's it is. Beside movements of operations it may be of a kind that none
 * of ours has (`fee`, `reserve`, `adjustment`): those only count towards their batch. Minor units.
 */
export interface SettlementLine extends Omit<ReportLine, 'kind' | 'raw'> {
  readonly kind: string;
  readonly raw: string;
  /** The settlement that pays it; without one, that of its date. */
  readonly batchRef?: string;
  /** What it adds to its settlement; without it, what lines of its kind usually do. */
  readonly netMinor?: bigint;
  /** What the payer paid on top, for instalments. */
  readonly surchargeMinor?: bigint;
  /** The money before the provider exchanged it, and the rate as it stands there. */
  readonly original?: { readonly amountMinor: bigint; readonly currency: string; readonly rate: string };
}

/** A booking of a bank statement; below zero it was taken. */
export interface BankLine {
  readonly lineNumber: number;
  readonly raw: string;
  readonly account: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly bookedOn: string;
  readonly valueOn?: string;
  readonly reference: string;
  readonly remittance: string;
}
