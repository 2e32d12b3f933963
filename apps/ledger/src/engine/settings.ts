import type { Comparison, Figure, LedgerSettings, NormalSide } from '@defter/ledger-domain';
import type { Queryable } from '@defter/platform';

interface SettingsRow {
  strict: boolean;
  closed: boolean;
  refusals: 'sticky' | 'retryable';
  backdating: 'final-state' | 'every-state';
  mode: 'enforce' | 'shadow';
  mismatchLog: boolean;
}

const SETTINGS = `
select strict, closed, refusals, backdating, mode, mismatch_log as "mismatchLog"
from ledger where ledger_id = $1`;

interface TypeRow {
  pattern: string;
  normalSide: NormalSide;
  overdraft: string | null;
  closed: boolean;
}

const TYPES = `
select pattern, normal_side as "normalSide", overdraft, closed from account_type where ledger_id = $1`;

interface MonitorRow {
  id: string;
  account: string;
  asset: string;
  balance: Figure;
  op: Comparison;
  amount: string;
}

const MONITORS = `
select monitor_id as id, account, asset, balance, op, amount from monitor where ledger_id = $1`;

/** The rules of a ledger, as its decisions need them. */
export const readSettings = async (queryable: Queryable, ledgerId: number): Promise<LedgerSettings> => {
  const [ledger] = await queryable.query<SettingsRow>(SETTINGS, [ledgerId]);
  if (ledger === undefined) throw new Error(`There is no ledger ${ledgerId}`);
  const types = await queryable.query<TypeRow>(TYPES, [ledgerId]);
  const monitors = await queryable.query<MonitorRow>(MONITORS, [ledgerId]);
  return {
    ...ledger,
    accountTypes: types.map((type) => ({
      ...type,
      overdraft: type.overdraft === null ? null : BigInt(type.overdraft),
    })),
    monitors: monitors.map((monitor) => ({ ...monitor, amount: BigInt(monitor.amount) })),
  };
};
