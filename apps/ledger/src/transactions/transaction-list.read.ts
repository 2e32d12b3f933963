import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';
import type { Filter } from '../filters/filter.js';
import { allOf, conjuncts } from '../filters/filter.js';
import { SqlValues } from '../filters/filter.read.js';
import { withKnownAddresses } from '../filters/partial-addresses.read.js';
import { withRecordedBounds } from '../filters/recorded-bounds.read.js';
import type { PageRequest } from '../list-page.js';
import type { Order } from '../list-question.js';
import { type AccountDriven, accountDriven, hasRival } from './transaction-list.js';
import { endsOf, sizeSql, touchingSql, transactionFilterSql, walkSql } from './transaction-list.sql.js';

/** Where a transaction stands in either order. */
export interface TransactionPlace {
  readonly id: number;
  readonly sequence: number;
  readonly timestamp: string;
}

const PLACE = `t.transaction_id::float8 as id, t.sequence::float8 as sequence,
  to_char(t.effective_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as timestamp`;

/** How many transactions are looked through before the index of metadata is asked. */
const NEAR = 20_000;

/** Finds the transactions of a list, each question by the index that is made for it. */
@Injectable()
export class TransactionListReader {
  /** Accounts with more postings are read in the order of the list rather than gathered and sorted. */
  busyFrom = 10_000;

  constructor(private readonly database: Database) {}

  /** The places of the next transactions in the order. */
  async places(
    ledgerId: number,
    filter: Filter,
    order: Order,
    page: PageRequest<TransactionPlace>,
  ): Promise<TransactionPlace[]> {
    const known = await this.known(ledgerId, filter);
    const driven = accountDriven(known, endsOf);
    if (driven !== undefined) {
      const { sources, destinations } = driven.ends;
      if (sources.length + destinations.length === 0) return [];
      const rival = order.column === 'timestamp' || hasRival(driven.rest);
      if (!rival) return this.walk(ledgerId, driven, page);
      if (!(await this.isBusy(ledgerId, driven))) return this.gathered(ledgerId, driven, order, page);
    }
    if (order.column === 'id' && isByMetadata(known)) {
      const near = await this.near(ledgerId, known, page);
      if (near.length === page.limit) return near;
    }
    return this.ordered(ledgerId, order, page, (values) => transactionFilterSql(known, values));
  }

  /** How many transactions the filter lets through; without one, the head knows. */
  async count(ledgerId: number, filter: Filter): Promise<bigint> {
    const values = new SqlValues();
    values.add(ledgerId);
    if (conjuncts(filter).length === 0) {
      const head = 'select last_transaction_id as count from ledger_head where ledger_id = $1';
      return this.counted(head, values);
    }
    const known = await this.known(ledgerId, filter);
    const driven = accountDriven(known, endsOf);
    if (driven === undefined) return this.counted(countSql(transactionFilterSql(known, values)), values);
    const { sources, destinations } = driven.ends;
    if (sources.length + destinations.length === 0) return 0n;
    const touching = `t.transaction_id in (${touchingSql(driven.ends, values)})`;
    const rest = transactionFilterSql(allOf(driven.rest), values);
    return this.counted(countSql(`${touching} and ${rest}`), values);
  }

  private async counted(sql: string, { list }: SqlValues): Promise<bigint> {
    const [row] = await this.database.query<{ count: bigint }>(sql, list);
    return row?.count ?? 0n;
  }

  private async known(ledgerId: number, filter: Filter): Promise<Filter> {
    const bounds = { field: 'insertedAt', as: 'id' } as const;
    const bounded = await withRecordedBounds(this.database, ledgerId, filter, bounds);
    return withKnownAddresses(this.database, ledgerId, bounded);
  }

  /** Along the accounts' own postings. */
  private async walk(
    ledgerId: number,
    { ends, rest }: AccountDriven,
    { after, limit, descending }: PageRequest<TransactionPlace>,
  ): Promise<TransactionPlace[]> {
    const values = new SqlValues();
    values.add(ledgerId);
    const walk = { rest: transactionFilterSql(allOf(rest), values), descending, limit, after };
    const sql = `select ${PLACE} from (${walkSql(ends, values, walk)}) as found
      join transaction t on t.ledger_id = $1 and t.transaction_id = found.transaction_id
      order by t.transaction_id ${descending ? 'desc' : 'asc'}`;
    return this.database.query<TransactionPlace>(sql, values.list);
  }

  /** All transactions of accounts that have few, then those that the filter lets through, sorted. */
  private gathered(
    ledgerId: number,
    { ends, rest }: AccountDriven,
    order: Order,
    page: PageRequest<TransactionPlace>,
  ): Promise<TransactionPlace[]> {
    return this.ordered(ledgerId, order, page, (values) => {
      const gathered = `t.transaction_id = any(array(${touchingSql(ends, values)}))`;
      return `${gathered} and ${transactionFilterSql(allOf(rest), values)}`;
    });
  }

  /**
   * Among the next transactions only. Metadata that is common fills the page from them; of what is rare all
   * rows can be gathered by its index, and sorted.
   */
  private async near(
    ledgerId: number,
    filter: Filter,
    page: PageRequest<TransactionPlace>,
  ): Promise<TransactionPlace[]> {
    const { after, descending } = page;
    const start = after?.id ?? (descending ? await this.lastId(ledgerId) : 0);
    return this.ordered(ledgerId, { column: 'id', descending }, page, (values) => {
      const [from, to] = descending ? [start - NEAR, start] : [start, start + NEAR];
      const range = `t.transaction_id between ${values.add(from)}::bigint and ${values.add(to)}::bigint`;
      return `${range} and ${transactionFilterSql(filter, values, true)}`;
    });
  }

  private async lastId(ledgerId: number): Promise<number> {
    const sql = 'select last_transaction_id::float8 as id from ledger_head where ledger_id = $1';
    const [row] = await this.database.query<{ id: number }>(sql, [ledgerId]);
    return row?.id ?? 0;
  }

  private async isBusy(ledgerId: number, { ends }: AccountDriven): Promise<boolean> {
    const values = new SqlValues();
    values.add(ledgerId);
    const sql = sizeSql(ends, values, this.busyFrom + 1);
    const [row] = await this.database.query<{ size: bigint }>(sql, values.list);
    return (row?.size ?? 0n) > this.busyFrom;
  }

  /** In the order of the list, passing over what the filter holds back, or by an index on what it asks. */
  private ordered(
    ledgerId: number,
    { column }: Order,
    { after, limit, descending }: PageRequest<TransactionPlace>,
    filterSql: (values: SqlValues) => string,
  ): Promise<TransactionPlace[]> {
    const values = new SqlValues();
    values.add(ledgerId);
    const [direction, beyond] = descending ? ['desc', '<'] : ['asc', '>'];
    const keys = column === 'timestamp' ? ['t.effective_at', 't.transaction_id'] : ['t.transaction_id'];
    const filter = filterSql(values);
    const place =
      after === undefined
        ? 'true'
        : column === 'timestamp'
          ? `(t.effective_at, t.transaction_id)
            ${beyond} (${values.add(after.timestamp)}::timestamptz, ${values.add(after.id)}::bigint)`
          : `t.transaction_id ${beyond} ${values.add(after.id)}::bigint`;
    const sql = `select ${PLACE} from transaction t where t.ledger_id = $1 and ${place} and ${filter}
      order by ${keys.map((key) => `${key} ${direction}`).join(', ')} limit ${limit}`;
    return this.database.query<TransactionPlace>(sql, values.list);
  }
}

const isByMetadata = (filter: Filter): boolean =>
  conjuncts(filter).some(
    (part) => part.kind === 'metadata' || (part.kind === 'exists' && part.field === 'metadata'),
  );

const countSql = (condition: string): string =>
  `select count(*) as count from transaction t where t.ledger_id = $1 and ${condition}`;
