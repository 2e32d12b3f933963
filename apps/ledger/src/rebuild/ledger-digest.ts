import type { Database } from '@defter/platform';
import { rowsOf } from './compare.js';
import { inTransaction } from './fold.js';
import { PROJECTIONS } from './projection.js';
import { digestOf, type TableDigest } from './table-digest.js';

/** What a ledger is made of beside its projections: what happened, what was refused, and its rules. */
const SOURCES = {
  event: {
    key: ['sequence'],
    columns: ['batch', 'recorded_at', 'schema_version', 'type', 'idempotency_key', 'fingerprint', 'payload'],
  },
  batch: { key: ['batch'], columns: ['first_sequence', 'last_sequence', 'root', 'hash', 'recorded_at'] },
  refused_key: { key: ['idempotency_key'], columns: ['fingerprint', 'refusal', 'refused_at'] },
  ledger_head: { key: ['sequence'], columns: ['last_transaction_id', 'last_batch', 'hash'] },
  ledger: {
    key: ['strict'],
    columns: ['metadata', 'closed', 'refusals', 'backdating', 'mode', 'mismatch_log'],
  },
  account_type: { key: ['pattern'], columns: ['overdraft', 'closed', 'normal_side'] },
};

/**
 * Digests of a ledger's tables, by table, of one moment. The ledger's name and number are in none of them.
 */
export type LedgerDigest = Readonly<Record<string, TableDigest>>;

/**
 * The digests of a ledger: two ledgers with equal ones have the same events, keys, rules and balances. What a
 * digest is of stands in docs/guides/export-and-restore.md.
 */
export const ledgerDigest = async (database: Database, ledgerId: number): Promise<LedgerDigest> => {
  const connection = await database.session();
  try {
    await connection.query(`set timezone = 'UTC'`);
    return await inTransaction(connection, 'repeatable read', async () => {
      const digests: Record<string, TableDigest> = {};
      for (const [table, shape] of [...Object.entries(SOURCES), ...Object.entries(PROJECTIONS)])
        digests[table] = await digestOf(connection, rowsOf(table, ledgerId, shape));
      return digests;
    });
  } finally {
    connection.release(true);
  }
};
