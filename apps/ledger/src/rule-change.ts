import type { Database, Transaction } from '@defter/platform';

const LOCK = 'select 1 from ledger_head where ledger_id = $1 for update';
const BUMP = 'update ledger_head set settings_version = settings_version + 1 where ledger_id = $1';

/** What a change of rules did, and whether anything is other than before. */
export interface RuleChange<T> {
  readonly changed: boolean;
  readonly result: T;
}

/**
 * Changes rules of a ledger with its head locked: no commit runs meanwhile, and the next one of every replica
 * sees another version of the settings and decides by the new rules.
 */
export const changeRules = <T>(
  database: Database,
  ledgerId: number,
  change: (tx: Transaction) => Promise<RuleChange<T>>,
): Promise<T> =>
  database.transaction(async (tx) => {
    await tx.query(LOCK, [ledgerId]);
    const { changed, result } = await change(tx);
    if (changed) await tx.query(BUMP, [ledgerId]);
    return result;
  });
