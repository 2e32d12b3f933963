import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, Fault } from '@defter/platform';
import type { Batch } from './append.js';

const LIMIT_MS = 30_000;
const PAUSE_MS = 100;

/**
 * Whether a batch whose COMMIT got no answer is in the database. The head is locked first: the lost
 * transaction, if it still runs, has ended by the time the lock is ours. The batch's chained hash tells ours
 * from anybody else's; when it isn't there, the head is moved on, so that it can't come any more.
 * @throws Fault when the database stays away; the callers then ask again with their keys.
 */
export const wasCommitted = async (
  database: Database,
  ledgerId: number,
  { batch, hash }: Pick<Batch, 'batch' | 'hash'>,
): Promise<boolean> => {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    try {
      return await database.transaction(async (tx) => {
        await tx.query('select 1 from ledger_head where ledger_id = $1 for update', [ledgerId]);
        const rows = await tx.query('select 1 from batch where ledger_id = $1 and batch = $2 and hash = $3', [
          ledgerId,
          batch,
          hash,
        ]);
        if (rows.length === 1) return true;
        // A statement that the server received and did not begin would still find the head it expects.
        await tx.query('update ledger_head set revision = revision + 1 where ledger_id = $1', [ledgerId]);
        return false;
      });
    } catch (error) {
      if (!(error instanceof Fault) || Date.now() > deadline) throw error;
      await sleep(PAUSE_MS);
    }
  }
};
