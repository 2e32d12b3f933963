import type { LedgerSettings } from '@defter/ledger-domain';
import type { Queryable } from '@defter/platform';

/** The rules of a ledger, as its decisions need them. */
export const readSettings = async (queryable: Queryable, ledgerId: number): Promise<LedgerSettings> => {
  const [ledger] = await queryable.query<{ strict: boolean }>(
    `select strict from ledger where ledger_id = $1`,
    [ledgerId],
  );
  const types = await queryable.query<{ pattern: string; overdraft: string | null; closed: boolean }>(
    `select pattern, overdraft, closed from account_type where ledger_id = $1`,
    [ledgerId],
  );
  return {
    strict: ledger?.strict ?? false,
    accountTypes: types.map(({ pattern, overdraft, closed }) => ({
      pattern,
      overdraft: overdraft === null ? null : BigInt(overdraft),
      closed,
    })),
  };
};
