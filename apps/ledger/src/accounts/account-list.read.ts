import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';
import type { Filter } from '../filters/filter.js';
import { SqlValues } from '../filters/filter.read.js';
import type { PageRequest } from '../list-page.js';
import { accountFilterSql, balanceFilterSql } from './account-list.js';
import { type AccountRow, type BalanceRow, type StoredBalance, toBalance } from './account.read.js';

/** Where a balance stands in the list: its account, or the group of accounts, and its asset. */
export type BalancePlace = readonly [account: string, asset: string];

const INSERTED = `to_char(a.inserted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const start = (ledgerId: number): SqlValues => {
  const values = new SqlValues();
  values.add(ledgerId);
  return values;
};

const directionOf = ({ descending }: PageRequest<unknown>) =>
  descending ? (['desc', '<'] as const) : (['asc', '>'] as const);

/** Accounts and balances as lists, and what they add up to. */
@Injectable()
export class AccountListReader {
  constructor(private readonly database: Database) {}

  /** In the order of the address. */
  accounts(ledgerId: number, filter: Filter, page: PageRequest<string>): Promise<AccountRow[]> {
    const values = start(ledgerId);
    const [direction, beyond] = directionOf(page);
    const place = page.after === undefined ? 'true' : `a.address ${beyond} ${values.add(page.after)}`;
    const sql = `select a.address, a.metadata, ${INSERTED} as "insertedAt" from account a
      where a.ledger_id = $1 and ${place} and ${accountFilterSql(filter, values)}
      order by a.address ${direction} limit ${page.limit}`;
    return this.database.query<AccountRow>(sql, values.list);
  }

  async countAccounts(ledgerId: number, filter: Filter): Promise<bigint> {
    const values = start(ledgerId);
    const sql = `select count(*) as count from account a
      where a.ledger_id = $1 and ${accountFilterSql(filter, values)}`;
    const [row] = await this.database.query<{ count: bigint }>(sql, values.list);
    return row?.count ?? 0n;
  }

  /** By account and asset. */
  async balances(ledgerId: number, filter: Filter, page: PageRequest<BalancePlace>): Promise<BalanceRow[]> {
    const values = start(ledgerId);
    const [direction, beyond] = directionOf(page);
    const place = placeSql('(b.account, b.asset)', page, beyond, values);
    const sql = `select account, asset, input, output, pending_in, pending_out from balance b
      where b.ledger_id = $1 and ${place} and ${balanceFilterSql(filter, values)}
      order by b.account ${direction}, b.asset ${direction} limit ${page.limit}`;
    return (await this.database.query<StoredBalance>(sql, values.list)).map(toBalance);
  }

  /**
   * Summed by the first `segments` segments of the address. Reads every balance that the filter lets through,
   * for a group is only whole when all of it was read.
   */
  async groups(
    ledgerId: number,
    { filter, segments }: { readonly filter: Filter; readonly segments: number },
    page: PageRequest<BalancePlace>,
  ): Promise<BalanceRow[]> {
    const values = start(ledgerId);
    const [direction, beyond] = directionOf(page);
    const group = `array_to_string((string_to_array(b.account, ':'))[1:${values.add(segments)}::int], ':')`;
    const filtered = balanceFilterSql(filter, values);
    const place = placeSql('(g.account collate "C", g.asset)', page, beyond, values);
    const sql = `select account, asset, input, output, pending_in, pending_out from (
        select ${group} as account, b.asset, sum(b.input) as input, sum(b.output) as output,
          sum(b.pending_in) as pending_in, sum(b.pending_out) as pending_out
        from balance b where b.ledger_id = $1 and ${filtered} group by 1, 2) as g
      where ${place}
      order by g.account collate "C" ${direction}, g.asset ${direction} limit ${page.limit}`;
    return (await this.database.query<StoredBalance>(sql, values.list)).map(toBalance);
  }

  /** Posted balances summed per asset. */
  sums(ledgerId: number, filter: Filter): Promise<{ asset: string; balance: string }[]> {
    const values = start(ledgerId);
    const sql = `select b.asset, sum(b.input - b.output) as balance from balance b
      where b.ledger_id = $1 and ${balanceFilterSql(filter, values)} group by b.asset order by b.asset`;
    return this.database.query(sql, values.list);
  }
}

const placeSql = (
  columns: string,
  { after }: PageRequest<BalancePlace>,
  beyond: '<' | '>',
  values: SqlValues,
): string =>
  after === undefined ? 'true' : `${columns} ${beyond} (${values.add(after[0])}, ${values.add(after[1])})`;
