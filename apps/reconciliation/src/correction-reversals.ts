import type { LedgerEventV1 } from '@defter/ledger-contracts';
import type { Transaction } from '@defter/platform';

/** A reversal as the ledger tells it. */
export type ReversalEvent = Extract<LedgerEventV1, { type: 'TransactionReverted' }>;

/** How the journal tells what the ledger reverted; kept by the slice `findings`. */
export abstract class CorrectionReversals {
  /** Opens a finding again whose correction was reverted; once, whatever comes again or first. */
  abstract seen(tx: Transaction, tenantId: string, event: ReversalEvent): Promise<void>;
}
