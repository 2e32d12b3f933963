import { Injectable } from '@nestjs/common';
import { Database, ProblemException, type Transaction } from '@defter/platform';
import { requestProblems } from '../ledger.problems.js';
import { changeRules } from '../rule-change.js';
import type { SettingsChange } from './settings.wire.js';

/** The rules of a ledger as a whole. */
export type SettingsView = Required<SettingsChange>;

const MEMBERS = `closed, strict, refusals, backdating, mode, mismatch_log as "balanceMismatchLog"`;

const SELECT = `select ${MEMBERS} from ledger where ledger_id = $1`;

const UPDATE = `
update ledger set
  closed = coalesce($2, closed), strict = coalesce($3, strict), refusals = coalesce($4, refusals),
  backdating = coalesce($5, backdating), mode = coalesce($6, mode),
  mismatch_log = coalesce($7, mismatch_log)
where ledger_id = $1
returning ${MEMBERS}`;

const AHEAD = `
select 1 from transaction where ledger_id = $1 and effective_at > clock_timestamp() limit 1`;

/** The settings of ledgers. */
@Injectable()
export class Settings {
  constructor(private readonly database: Database) {}

  async of(ledgerId: number): Promise<SettingsView> {
    return one(await this.database.query<SettingsView>(SELECT, [ledgerId]));
  }

  /**
   * Changes settings; they hold from the next commit of every replica on.
   * @throws ProblemException `history-in-future` when every state shall count and one lies ahead of now
   */
  change(ledgerId: number, change: SettingsChange): Promise<SettingsView> {
    return changeRules(this.database, ledgerId, async (tx) => {
      const before = one(await tx.query<SettingsView>(SELECT, [ledgerId]));
      if (change.backdating === 'every-state') await expectNothingAhead(tx, ledgerId);
      const { closed, strict, refusals, backdating, mode, balanceMismatchLog } = change;
      const values = [closed, strict, refusals, backdating, mode, balanceMismatchLog];
      const after = one(
        await tx.query<SettingsView>(UPDATE, [ledgerId, ...values.map((value) => value ?? null)]),
      );
      return { changed: JSON.stringify(before) !== JSON.stringify(after), result: after };
    });
  }
}

const one = (rows: readonly SettingsView[]): SettingsView => {
  const [row] = rows;
  if (row === undefined) throw new Error('The ledger is gone');
  return row;
};

/** Where every state counts, a decision of today relies on nothing taking effect later. */
const expectNothingAhead = async (tx: Transaction, ledgerId: number): Promise<void> => {
  const ahead = await tx.query(AHEAD, [ledgerId]);
  if (ahead.length > 0) {
    throw new ProblemException('history-in-future', requestProblems['history-in-future']);
  }
};
