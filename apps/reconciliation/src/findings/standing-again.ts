import type { Transaction } from '@defter/platform';

/** A correction of the finding that was reverted in the ledger, and whose reversal was reverted since. */
export interface StandingAgain {
  readonly code: 'correction-stands-again';
  readonly proposalId: string;
}

/** Of a chain of reversals each one undoes the one before; with an even number of them it stands. */
const STANDING = `
  with recursive chain (proposal_id, last, length) as (
    select proposal_id, transaction_id, 0 from proposal
     where tenant_id = $1 and finding_id = $2 and kind = 'correct' and reverted_by is not null
    union all
    select chain.proposal_id, further.transaction_id, chain.length + 1
      from chain
     cross join lateral (select transaction_id from journal_entry
                          where tenant_id = $1 and ledger = $3 and reverts = chain.last limit 1) further)
  select proposal_id as "proposalId" from chain
   group by proposal_id having max(length) % 2 = 0 order by proposal_id limit 1`;

/**
 * The correction counts as reverted here and is in the books: another one of the same difference would be
 * there beside it.
 */
export async function standingAgain(
  tx: Transaction,
  tenantId: string,
  { findingId, ledger }: { readonly findingId: string; readonly ledger: string },
): Promise<StandingAgain | undefined> {
  const [row] = await tx.query<{ proposalId: string }>(STANDING, [tenantId, findingId, ledger]);
  return row && { code: 'correction-stands-again', proposalId: row.proposalId };
}
