import { Injectable } from '@nestjs/common';
import type { ExpectedBalance, Mismatch } from '@defter/ledger-domain';
import { Database, type Transaction } from '@defter/platform';
import { insertMismatches } from '../mismatch-rows.js';
import { MismatchMetrics } from '../mismatch-metrics.js';

/** What a comparison found, and the sequence at which it is true. */
export interface Comparison {
  readonly sequence: number;
  readonly compared: number;
  readonly mismatches: readonly Mismatch[];
}

const HEAD = `
select head.sequence::float8 as sequence, ledger.mismatch_log as logs,
  to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
  (select coalesce(max(part) + 1, 0) from mismatch
    where mismatch.ledger_id = $1 and mismatch.sequence = head.sequence) as part
from ledger_head head join ledger using (ledger_id)
where head.ledger_id = $1`;

const DIFFERENT = `
select expected.account, expected.asset, expected.balance as expected,
  coalesce(balance.input - balance.output, 0) as actual
from unnest($2::text[], $3::text[], $4::numeric[]) with ordinality
  as expected (account, asset, balance, place)
left join balance on balance.ledger_id = $1
  and balance.account = expected.account and balance.asset = expected.asset
where expected.balance <> coalesce(balance.input - balance.output, 0)
order by expected.place`;

interface HeadRow {
  sequence: number;
  logs: boolean;
  at: string;
  part: number;
}

/** Compares figures of the balance source that a tenant moves away from with the ledger's own. */
@Injectable()
export class BalanceComparison {
  constructor(
    private readonly database: Database,
    private readonly metrics: MismatchMetrics,
  ) {}

  /** Compares posted balances as they are now, and lists where they differ. The head is locked meanwhile. */
  async compare(ledgerId: number, expected: readonly ExpectedBalance[]): Promise<Comparison> {
    const { comparison, listed } = await this.database.transaction(async (tx) => {
      await tx.query('select 1 from ledger_head where ledger_id = $1 for update', [ledgerId]);
      const [head] = await tx.query<HeadRow>(HEAD, [ledgerId]);
      if (head === undefined) throw new Error(`Ledger ${ledgerId} has no head`);
      const mismatches = await differences(tx, ledgerId, expected);
      const rows = head.logs ? mismatches.map((found, index) => toRow(head, found, index)) : [];
      const place = { ledgerId, at: head.at, origin: 'comparison' as const };
      if (rows.length > 0) await insertMismatches(tx, place, rows);
      const comparison = { sequence: head.sequence, compared: expected.length, mismatches };
      return { comparison, listed: rows };
    });
    this.metrics.count(listed);
    return comparison;
  }
}

const toRow = ({ sequence, part }: HeadRow, found: Mismatch, index: number) => ({
  sequence,
  part: part + index,
  transactionId: null,
  found,
});

const differences = async (
  tx: Transaction,
  ledgerId: number,
  expected: readonly ExpectedBalance[],
): Promise<readonly Mismatch[]> => {
  const rows = await tx.query<{ account: string; asset: string; expected: string; actual: string }>(
    DIFFERENT,
    [
      ledgerId,
      expected.map(({ account }) => account),
      expected.map(({ asset }) => asset),
      expected.map(({ balance }) => balance.toString()),
    ],
  );
  return rows.map((row) => ({ ...row, expected: BigInt(row.expected), actual: BigInt(row.actual) }));
};
