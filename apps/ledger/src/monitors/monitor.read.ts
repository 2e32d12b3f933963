import { Injectable } from '@nestjs/common';
import type { Balance, Comparison, Figure, Monitor } from '@defter/ledger-domain';
import { Database, type Queryable } from '@defter/platform';

/** A monitor beside the balance that it watches. */
export interface WatchedMonitor {
  readonly monitor: Monitor;
  readonly balance: Balance;
  readonly createdAt: string;
}

interface Row {
  id: string;
  account: string;
  asset: string;
  figure: Figure;
  op: Comparison;
  amount: string;
  createdAt: string;
  input: string;
  output: string;
  pendingIn: string;
  pendingOut: string;
}

const SELECT = `
select monitor.monitor_id as id, monitor.account, monitor.asset, monitor.balance as figure, monitor.op,
  monitor.amount,
  to_char(monitor.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "createdAt",
  coalesce(balance.input, 0) as input, coalesce(balance.output, 0) as output,
  coalesce(balance.pending_in, 0) as "pendingIn", coalesce(balance.pending_out, 0) as "pendingOut"
from monitor
left join balance on balance.ledger_id = monitor.ledger_id
  and balance.account = monitor.account and balance.asset = monitor.asset
where monitor.ledger_id = $1`;

const toWatched = (row: Row): WatchedMonitor => ({
  monitor: {
    id: row.id,
    account: row.account,
    asset: row.asset,
    balance: row.figure,
    op: row.op,
    amount: BigInt(row.amount),
  },
  balance: {
    input: BigInt(row.input),
    output: BigInt(row.output),
    pendingIn: BigInt(row.pendingIn),
    pendingOut: BigInt(row.pendingOut),
  },
  createdAt: row.createdAt,
});

/** Monitors with what they watch, as of the last commit. */
@Injectable()
export class MonitorReader {
  constructor(private readonly database: Database) {}

  /** By id. */
  async list(
    ledgerId: number,
    { after, limit }: { after: string | undefined; limit: number },
  ): Promise<readonly WatchedMonitor[]> {
    const sql = `${SELECT} and monitor.monitor_id > $2 order by monitor.monitor_id limit $3`;
    return (await this.database.query<Row>(sql, [ledgerId, after ?? '', limit])).map(toWatched);
  }

  async find(
    ledgerId: number,
    id: string,
    on: Queryable = this.database,
  ): Promise<WatchedMonitor | undefined> {
    const [row] = await on.query<Row>(`${SELECT} and monitor.monitor_id = $2`, [ledgerId, id]);
    return row === undefined ? undefined : toWatched(row);
  }
}
