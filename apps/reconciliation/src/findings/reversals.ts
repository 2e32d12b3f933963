import { Injectable } from '@nestjs/common';
import { Logger, type Transaction } from '@defter/platform';
import { CorrectionReversals, type ReversalEvent } from '../correction-reversals.js';
import { Tenants } from '../tenants.js';
import { keyOf } from './correction-request.js';
import { Findings } from './findings.js';
import { findProposal, proposalsOf, type ProposalRow } from './proposal-row.js';

/** A transaction of the tenant's ledger; whoever tells of it or looks for it is alone with it. */
const LOCK = `select pg_advisory_xact_lock(hashtextextended('defter reversal ' || $1 || '/' || $2, 0))`;

const BOOKED_BY = `
  select proposal_id, finding_id from proposal
   where tenant_id = $1 and transaction_id = $2 and transaction_id is not null and reverted_by is null`;

const REVERTED_BY = `
  select transaction_id from journal_entry
   where tenant_id = $1 and ledger = $2 and reverts = $3 and reverts is not null limit 1`;

/** What a reversal is of, and who it is by. */
interface Reversal {
  readonly transactionId: bigint;
  readonly revertedBy: bigint;
  /** The key that it was asked for with, where that is known. */
  readonly key: string | undefined;
}

/**
 * Notices that what a correction booked was reverted in the ledger by somebody else than two people here. The
 * ledger's word of it may come before the ledger's answer about the correction: whoever is second finds the
 * other, because both hold the transaction's lock.
 */
@Injectable()
export class Reversals extends CorrectionReversals {
  constructor(
    private readonly findings: Findings,
    private readonly tenants: Tenants,
    private readonly logger: Logger,
  ) {
    super();
  }

  async seen(tx: Transaction, tenantId: string, event: ReversalEvent): Promise<void> {
    const ledger = (await this.tenants.find(tenantId))?.ledger;
    if (event.ledger !== ledger) return;
    const { transaction, revertedTransactionId } = event.data;
    const reversal = {
      ...{ transactionId: BigInt(revertedTransactionId), revertedBy: BigInt(transaction.id) },
      key: event.commandId,
    };
    await this.note(tx, tenantId, reversal);
  }

  /** Before the ledger's answer about a transaction is written down. */
  async lock(tx: Transaction, tenantId: string, transactionId: bigint | string): Promise<void> {
    await tx.query(LOCK, [tenantId, `${transactionId}`]);
  }

  /** After it is written down: whether the transaction was reverted before. */
  async lookBack(tx: Transaction, tenantId: string, transactionId: bigint): Promise<void> {
    const ledger = (await this.tenants.find(tenantId))?.ledger ?? '';
    const [row] = await tx.query<{ transaction_id: bigint }>(REVERTED_BY, [tenantId, ledger, transactionId]);
    if (row === undefined) return;
    await this.note(tx, tenantId, { transactionId, revertedBy: row.transaction_id, key: undefined });
  }

  private async note(tx: Transaction, tenantId: string, reversal: Reversal): Promise<void> {
    await this.lock(tx, tenantId, reversal.transactionId);
    const [booked] = await tx.query<{ proposal_id: string; finding_id: string }>(BOOKED_BY, [
      ...[tenantId, reversal.transactionId],
    ]);
    if (booked === undefined) return;
    const { proposal_id: proposalId, finding_id: findingId } = booked;
    const handled = await this.findings.handleWith(tenantId, findingId, async (_known, inner) => {
      const row = await findProposal(inner, tenantId, proposalId);
      const ours = (await proposalsOf(inner, tenantId, findingId)).filter(
        ({ takes_back }) => takes_back === proposalId,
      );
      if (row === undefined || row.reverted_by !== null || ours.some((back) => isIts(back, reversal)))
        return { refusal: { code: 'reversal-known' as const } };
      const { kind, amount } = row;
      return {
        command: {
          ...{ type: 'NoteReversal', proposalId, kind, amount: BigInt(amount) },
          transactionId: `${reversal.revertedBy}`,
          openTakeBack: ours.find(({ status }) => status === 'proposed' || status === 'approved')
            ?.proposal_id,
        },
      };
    });
    if (!handled.accepted) return;
    const { transactionId, revertedBy } = reversal;
    const about = { tenantId, findingId, proposalId, transactionId, revertedBy };
    this.logger.error('A correction was reverted in the ledger; its finding is open again', about);
  }
}

/** Whether a taking back has booked the reversal, or may be about to hear that it has. */
const isIts = (back: ProposalRow, { revertedBy, key }: Reversal): boolean => {
  if (back.status === 'booked') return back.transaction_id === revertedBy;
  const isAsked = back.status === 'booking' || back.status === 'unknown';
  return isAsked && key === keyOf(back.finding_id, back.proposal_id);
};
