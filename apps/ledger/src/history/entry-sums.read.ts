import { Injectable } from '@nestjs/common';
import { Database } from '@defter/platform';

/** Rows of one answer, unless a single event has more. */
const MOST_POSTINGS = 20_000;

/** What the entries of some events add up to, per account and asset, in smallest units. */
export interface EntrySums {
  /** The last event that is in them. */
  readonly through: number;
  readonly sums: readonly EntrySum[];
}

export interface EntrySum {
  readonly account: string;
  readonly asset: string;
  readonly input: bigint;
  readonly output: bigint;
}

/** Only whole events: where too many postings are asked for, those of the last one are left out. */
const THROUGH = `
  with asked as (select least($3, sequence) as until from ledger_head where ledger_id = $1),
  part as (
    select sequence from posting
     where ledger_id = $1 and sequence >= $2 and sequence <= (select until from asked)
     order by sequence, position limit $4 + 1)
  select case when count(part.sequence) <= $4 then (select until from asked)
              else greatest(max(part.sequence) - 1, min(part.sequence)) end::float8 as through
    from part`;

const SUMS = `
  select account, asset, sum(input) as input, sum(output) as output
    from (select destination as account, asset, amount as input, 0 as output from posting
           where ledger_id = $1 and sequence >= $2 and sequence <= $3
          union all
          select source, asset, 0, amount from posting
           where ledger_id = $1 and sequence >= $2 and sequence <= $3) entry
   group by account, asset order by account, asset`;

/**
 * Adds up the rows of `posting` and nothing else, so that somebody who has the events can tell whether the
 * entries are what the events say. What an event has recorded never changes: the sums of a range are the same
 * whenever they are asked for.
 */
@Injectable()
export class EntrySumReader {
  constructor(private readonly database: Database) {}

  /** Of the events from `from` up to `to`, or to as many as fit into an answer. */
  async sums(ledgerId: number, from: number, to: number, most = MOST_POSTINGS): Promise<EntrySums> {
    const asked = [ledgerId, from, to, most];
    const [row] = await this.database.query<{ through: number | null }>(THROUGH, asked);
    const through = row?.through ?? 0;
    const rows = await this.database.query<Record<keyof EntrySum, string>>(SUMS, [ledgerId, from, through]);
    const sums = rows.map(({ input, output, ...of }) => ({
      ...of,
      input: BigInt(input),
      output: BigInt(output),
    }));
    return { through, sums };
  }
}
