import { Inject, Injectable } from '@nestjs/common';
import type { Tenant } from '@defter/backoffice-contracts';
import { CONFIG, Fault } from '@defter/platform';
import { effectOfTransaction, type InLedger } from './booking-effect.js';
import type { PaymentsConfig } from './config.js';
import { askLedger } from './ledger-http.js';

/** A transaction as it stands in the ledger now. */
export interface StandingTransaction {
  readonly transactionId: number;
  /** Digest of what it does; of a hold that has ended, or was taken in part, nothing that we ask for. */
  readonly effect: string;
  /** The transaction that reverted it. */
  readonly revertedBy: number | null;
}

/** The codes that say that something else stands under our key or name, perhaps what was asked for. */
export const mayStand = (code: string): boolean =>
  code === 'idempotency-key-conflict' || code === 'reference-taken';

/** What stands in the ledger, read over REST. */
@Injectable()
export class LedgerReader {
  constructor(@Inject(CONFIG) private readonly config: PaymentsConfig) {}

  /**
   * The transaction, or hold, that has this reference; undefined when none has.
   * @throws Fault `ledger-away` when the ledger doesn't say
   */
  async byReference({ id, ledger }: Tenant, reference: string): Promise<StandingTransaction | undefined> {
    const path = `/v2/${ledger}/transactions?pageSize=1&reference=${encodeURIComponent(reference)}`;
    const { status, body } = await askLedger(this.config, id, path);
    const found = status === 200 ? (body as Page).cursor?.data : undefined;
    if (found === undefined) throw new Fault('ledger-away', `Looking for ${reference} gave ${status}`);
    const [transaction] = found;
    return transaction && toStanding(ledger, transaction);
  }
}

interface Page {
  readonly cursor?: { readonly data?: readonly Listed[] };
}

interface Listed extends Omit<InLedger, 'postings'> {
  readonly id: number;
  readonly revertedBy?: number;
  readonly postings: readonly {
    readonly source: string;
    readonly destination: string;
    /** JSON integers of any size; those that a double can't hold are not ours to compare. */
    readonly amount: number | string;
    readonly asset: string;
    readonly captured?: number | string;
  }[];
}

const toStanding = (ledger: string, { id, revertedBy, ...transaction }: Listed): StandingTransaction => {
  const { status, postings } = transaction;
  const isWhole = postings.every(({ captured = 0 }) => String(captured) === '0');
  const isOpen = status === 'posted' || (status === 'pending' && isWhole);
  const asText = postings.map(({ amount, ...posting }) => ({ ...posting, amount: String(amount) }));
  const effect = isOpen ? effectOfTransaction(ledger, { ...transaction, postings: asText }) : '';
  return { transactionId: id, effect, revertedBy: revertedBy ?? null };
};
