/**
 * The sums of a full scan. Parameters $1 tenant, $2 run (or ledger). Only what moved money counts: a hold
 * reserves, and moves nothing until it is captured.
 */
const MOVED = `movement in ('posted', 'captured')`;

/** Adds the events after $4 and up to $5 of ledger $3 to the sums of run $2. */
export const FOLD = `
  insert into scan_balance (tenant_id, run_id, account, asset, input, output)
  select $1, $2, account, asset, sum(input), sum(output)
    from (select destination as account, asset, amount as input, 0 as output from journal_entry
           where tenant_id = $1 and ledger = $3 and sequence > $4 and sequence <= $5 and ${MOVED}
          union all
          select source, asset, 0, amount from journal_entry
           where tenant_id = $1 and ledger = $3 and sequence > $4 and sequence <= $5 and ${MOVED}) moved
   group by account, asset
  on conflict (tenant_id, run_id, account, asset) do update set
    input = scan_balance.input + excluded.input, output = scan_balance.output + excluded.output`;

/** Adds sums of the ledger's entries, $3 to $6, to those of run $2. */
export const ADD_ENTRIES = `
  insert into scan_balance (tenant_id, run_id, account, asset, input, output, entry_input, entry_output)
  select $1, $2, account, asset, 0, 0, entry_input, entry_output
    from unnest($3::text[], $4::text[], $5::numeric[], $6::numeric[])
      as entry (account, asset, entry_input, entry_output)
  on conflict (tenant_id, run_id, account, asset) do update set
    entry_input = scan_balance.entry_input + excluded.entry_input,
    entry_output = scan_balance.entry_output + excluded.entry_output`;

/** Where the entries of run $2 aren't what its events say, after (account $3, asset $4). */
export const ENTRIES_OFF = `
  select account, asset, input, output, entry_input, entry_output from scan_balance
   where tenant_id = $1 and run_id = $2 and (account, asset) > ($3, $4)
     and (input <> entry_input or output <> entry_output)
   order by account, asset limit $5`;

export interface EntriesOffRow extends SumRow {
  readonly entry_input: string;
  readonly entry_output: string;
}

export interface SumRow {
  readonly account: string;
  readonly asset: string;
  readonly input: string;
  readonly output: string;
}

/** The sums of run $2 after (account $3, asset $4), up to and with ($5, $6), or all further ones. */
export const SUMS_BETWEEN = `
  select account, asset, input, output from scan_balance
   where tenant_id = $1 and run_id = $2 and (account, asset) > ($3, $4)
     and ($5::text is null or (account, asset) <= ($5, $6))
   order by account, asset limit $7`;

export const COUNT_SUMS = `
  select count(*)::int as count from scan_balance where tenant_id = $1 and run_id = $2`;

/** Also of runs that were given up: one scan of a ledger is under way at a time. */
export const FORGET_SUMS = `delete from scan_balance where tenant_id = $1`;

/** One account's sums up to an event, from the journal alone. */
export const SUM_OF_ONE = `
  select coalesce(sum(amount) filter (where destination = $3), 0)::text as input,
         coalesce(sum(amount) filter (where source = $3), 0)::text as output
    from (select source, destination, amount from journal_entry
           where tenant_id = $1 and ledger = $2 and source = $3 and asset = $4 and sequence <= $5 and ${MOVED}
          union all
          select source, destination, amount from journal_entry
           where tenant_id = $1 and ledger = $2 and destination = $3 and source <> $3 and asset = $4
             and sequence <= $5 and ${MOVED}) moved`;

/** Its movements after event $5 and up to $6, in their order. */
export const MOVES_OF_ONE = `
  select sequence, coalesce(sum(amount) filter (where destination = $3), 0)::text as input,
         coalesce(sum(amount) filter (where source = $3), 0)::text as output
    from journal_entry
   where tenant_id = $1 and ledger = $2 and (source = $3 or destination = $3) and asset = $4
     and sequence > $5 and sequence <= $6 and ${MOVED}
   group by sequence order by sequence`;
