import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';
import type { PageRequest } from '../list-page.js';

/** A ledger as it is shown. */
export interface LedgerRow {
  readonly ledgerId: number;
  readonly name: string;
  readonly strict: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly addedAt: string;
  /** The number of its last event. */
  readonly sequence: number;
}

/** How much a ledger holds. */
export interface LedgerCounts {
  readonly accounts: number;
  readonly transactions: number;
}

/** A change of the database that is in force. */
export interface MigrationRow {
  readonly version: string;
  readonly name: string;
  readonly date: string;
}

interface CountRow extends LedgerCounts {
  readonly sequence: number;
  readonly fresh: number;
}

const LEDGER = `select ledger_id as "ledgerId", name, strict, metadata, sequence::float8 as sequence,
  to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "addedAt"
from ledger join ledger_head using (ledger_id) where tenant_id = $1`;

// One snapshot: what was counted up to a sequence, and the accounts that were first used after it.
const COUNTS = `
select head.sequence::float8 as sequence, head.last_transaction_id::float8 as transactions,
  coalesce(counted.accounts, 0)::float8 + fresh.accounts as accounts, fresh.accounts as fresh
from ledger_head head
left join account_count counted on counted.ledger_id = head.ledger_id
cross join lateral (
  select count(*)::float8 as accounts from account
  where account.ledger_id = head.ledger_id and account.first_sequence > coalesce(counted.up_to, 0)) fresh
where head.ledger_id = $1`;

const KEEP_COUNT = `
insert into account_count (ledger_id, up_to, accounts) values ($1, $2, $3)
on conflict (ledger_id) do update set up_to = excluded.up_to, accounts = excluded.accounts
where account_count.up_to < excluded.up_to`;

/** New accounts from which on the count is worth keeping: fewer are counted again faster than written. */
const WORTH_KEEPING = 1_000;

/** The ledgers of a tenant, and how much they hold. */
@Injectable()
export class LedgerReader {
  constructor(private readonly database: Database) {}

  async find(tenantId: string, name: string): Promise<LedgerRow | undefined> {
    const [row] = await this.database.query<LedgerRow>(`${LEDGER} and name = $2`, [tenantId, name]);
    return row;
  }

  /** In the order of the name. */
  list(tenantId: string, { after, limit, descending }: PageRequest<string>): Promise<LedgerRow[]> {
    const [direction, beyond] = descending ? ['desc', '<'] : ['asc', '>'];
    const place = `($2::text is null or name ${beyond} $2)`;
    const sql = `${LEDGER} and ${place} order by name ${direction} limit $3`;
    return this.database.query<LedgerRow>(sql, [tenantId, after ?? null, limit]);
  }

  /** Accounts and transactions as of one commit, exactly, whatever their number. */
  async counts(ledgerId: number): Promise<LedgerCounts> {
    const [row] = await this.database.query<CountRow>(COUNTS, [ledgerId]);
    if (row === undefined) throw new Error(`The ledger ${ledgerId} has no head`);
    const { accounts, transactions, sequence, fresh } = row;
    if (fresh >= WORTH_KEEPING) await this.database.query(KEEP_COUNT, [ledgerId, sequence, accounts]);
    return { accounts, transactions };
  }

  /** The changes of this service's database, oldest first. */
  migrations(): Promise<MigrationRow[]> {
    return this.database.query<MigrationRow>(
      `select version::text as version, name,
         to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as date
       from defter_migration where source = 'service' order by defter_migration.version`,
    );
  }
}
