import type { Transaction } from '@defter/platform';
import { columns } from '../columns.js';
import type { JournalEntry } from './journal-entries.js';

/**
 * A captured or released hold that doesn't repeat its reference has that of the transaction that placed it.
 */
const STORE = `
  insert into journal_entry (tenant_id, ledger, sequence, posting_number, transaction_id, movement,
    reference, reverts,
                             source, destination, amount, asset, recorded_at)
  select $1, entry.ledger, entry.sequence, entry.posting_number, entry.transaction_id, entry.movement,
         coalesce(entry.reference, (
           select held.reference from journal_entry held
            where held.tenant_id = $1 and held.ledger = entry.ledger
              and held.transaction_id = entry.transaction_id
              and held.movement = 'held' and entry.movement in ('captured', 'released') limit 1)),
         entry.reverts, entry.source, entry.destination, entry.amount, entry.asset, entry.recorded_at
    from unnest($2::text[], $3::bigint[], $4::int[], $5::bigint[], $6::text[], $7::text[], $8::bigint[],
      $9::text[],
                $10::text[], $11::numeric[], $12::text[], $13::timestamptz[])
      as entry (ledger, sequence, posting_number, transaction_id, movement, reference, reverts, source,
        destination,
                amount, asset, recorded_at)
  on conflict (tenant_id, ledger, sequence, posting_number) do nothing`;

const names = [
  ...([
    'ledger',
    'sequence',
    'postingNumber',
    'transactionId',
    'movement',
    'reference',
    'reverts',
    'source',
  ] as const),
  ...(['destination', 'amount', 'asset', 'recordedAt'] as const),
] as const satisfies readonly (keyof JournalEntry)[];

/** Writes postings once: an event that comes again adds nothing. */
export async function storeEntries(
  tx: Transaction,
  tenantId: string,
  entries: readonly JournalEntry[],
): Promise<void> {
  if (entries.length > 0) await tx.query(STORE, [tenantId, ...columns(entries, names)]);
}
