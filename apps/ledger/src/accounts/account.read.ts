import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';

/** Money of an account in an asset, in smallest units. */
export interface BalanceRow {
  readonly account: string;
  readonly asset: string;
  readonly input: bigint;
  readonly output: bigint;
  readonly pendingIn: bigint;
  readonly pendingOut: bigint;
}

export interface AccountRow {
  readonly address: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly insertedAt: string;
}

/** A balance as the database gives it; `toBalance` reads it. */
export interface StoredBalance {
  account: string;
  asset: string;
  input: string;
  output: string;
  pending_in: string;
  pending_out: string;
}

/** Amounts become bigints. */
export const toBalance = (row: StoredBalance): BalanceRow => ({
  account: row.account,
  asset: row.asset,
  input: BigInt(row.input),
  output: BigInt(row.output),
  pendingIn: BigInt(row.pending_in),
  pendingOut: BigInt(row.pending_out),
});

const ACCOUNT = `select address, metadata,
  to_char(inserted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "insertedAt" from account`;
const BALANCE = 'select account, asset, input, output, pending_in, pending_out from balance';

/** Accounts and their balances as of the last commit. */
@Injectable()
export class AccountReader {
  constructor(private readonly database: Database) {}

  async find(ledgerId: number, address: string): Promise<AccountRow | undefined> {
    const [row] = await this.database.query<AccountRow>(`${ACCOUNT} where ledger_id = $1 and address = $2`, [
      ledgerId,
      address,
    ]);
    return row;
  }

  async balances(ledgerId: number, addresses: readonly string[]): Promise<BalanceRow[]> {
    const sql = `${BALANCE} where ledger_id = $1 and account = any($2) order by account, asset`;
    return (await this.database.query<StoredBalance>(sql, [ledgerId, addresses])).map(toBalance);
  }

  /** One balance and the ledger's sequence that it is true for, from one snapshot. */
  balanceAt(
    ledgerId: number,
    account: string,
    asset: string,
  ): Promise<{ sequence: bigint; balance: BalanceRow | undefined }> {
    return this.database.transaction(
      async (tx) => {
        const head = 'select sequence from ledger_head where ledger_id = $1';
        const [row] = await tx.query<{ sequence: bigint }>(head, [ledgerId]);
        const found = await this.balances(ledgerId, [account]);
        return { sequence: row?.sequence ?? 0n, balance: found.find((each) => each.asset === asset) };
      },
      { isolation: 'repeatable read', readOnly: true },
    );
  }
}
