import { Injectable } from '@nestjs/common';
import type { Monitor } from '@defter/ledger-domain';
import { Database, ProblemException, type Queryable } from '@defter/platform';
import { requestProblems } from '../ledger.problems.js';
import { changeRules } from '../rule-change.js';
import { MonitorReader, type WatchedMonitor } from './monitor.read.js';

/** Every replica keeps a ledger's monitors in memory, and reads them anew when one changes. */
const MAX_MONITORS = 10_000;
/** One balance alone never makes an event too large for its turns. */
const MAX_ON_BALANCE = 100;

const PUT = `
insert into monitor (ledger_id, monitor_id, account, asset, balance, op, amount)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (ledger_id, monitor_id) do update
set account = excluded.account, asset = excluded.asset, balance = excluded.balance, op = excluded.op,
  amount = excluded.amount, created_at = excluded.created_at
where (monitor.account, monitor.asset, monitor.balance, monitor.op, monitor.amount)
  is distinct from (excluded.account, excluded.asset, excluded.balance, excluded.op, excluded.amount)
returning monitor_id`;

const COUNT = `
select count(*)::integer as all,
  count(*) filter (where account = $2 and asset = $3)::integer as "onBalance"
from monitor where ledger_id = $1`;
const DELETE = 'delete from monitor where ledger_id = $1 and monitor_id = $2 returning monitor_id';

/**
 * The monitors of ledgers. They are rules of the ledger: set with its head locked, so that the state given
 * back is the one from which the first turn is told.
 */
@Injectable()
export class MonitorStore {
  constructor(
    private readonly database: Database,
    private readonly reader: MonitorReader,
  ) {}

  /** Creates a monitor, or makes one of this id another. @throws ProblemException `limit-reached` */
  put(ledgerId: number, { id, account, asset, balance, op, amount }: Monitor): Promise<WatchedMonitor> {
    return changeRules(this.database, ledgerId, async (tx) => {
      const row = [ledgerId, id, account, asset, balance, op, amount.toString()];
      const changed = (await tx.query(PUT, row)).length > 0;
      await expectRoom(tx, { ledgerId, account, asset });
      const result = await this.reader.find(ledgerId, id, tx);
      if (result === undefined) throw new Error(`Monitor ${id} was put and is not there`);
      return { changed, result };
    });
  }

  /** False when there is none of the id. */
  remove(ledgerId: number, id: string): Promise<boolean> {
    return changeRules(this.database, ledgerId, async (tx) => {
      const changed = (await tx.query(DELETE, [ledgerId, id])).length > 0;
      return { changed, result: changed };
    });
  }
}

interface Watched {
  readonly ledgerId: number;
  readonly account: string;
  readonly asset: string;
}

const expectRoom = async (tx: Queryable, { ledgerId, account, asset }: Watched): Promise<void> => {
  const [row] = await tx.query<{ all: number; onBalance: number }>(COUNT, [ledgerId, account, asset]);
  const { all = 0, onBalance = 0 } = row ?? {};
  if (all > MAX_MONITORS) throw noRoom(`A ledger has at most ${MAX_MONITORS} monitors`);
  if (onBalance > MAX_ON_BALANCE) throw noRoom(`A balance has at most ${MAX_ON_BALANCE} monitors`);
};

const noRoom = (detail: string): ProblemException =>
  new ProblemException('limit-reached', requestProblems['limit-reached'], detail);
