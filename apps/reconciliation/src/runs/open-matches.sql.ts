/**
 * What matched lines say of operations whose money payments doesn't hold for moved. Parameters: $1 tenant,
 * $2 provider, $3 connection, $4 and $5 the operation and leg of the last row before, $6 how many.
 */
import { LINE, OPERATION } from './residue.sql.js';
import type { Pair } from './residue-row.js';

export interface OpenMatchRow extends Pair {
  readonly operation_id: string;
  readonly leg: 'payment' | 'return';
  readonly occurred_at: Date;
  /** From the provider, by us; not handed in. */
  readonly is_fetched: boolean;
}

/**
 * A line is certain to be about its operation when it repeats our id, or the provider's reference and no
 * other operation has that. Attempts that share one are told apart by their amounts, but not surely; one of
 * the same intent or payout whose reference isn't known yet may share it, too.
 */
const CERTAIN = `(m.pass = 1 or (m.pass in (2, 3) and not exists (
  select from operation twin
   where twin.tenant_id = $1 and twin.provider = $2 and twin.connection_id = $3
     and twin.provider_ref = o.provider_ref and twin.family = o.family
     and twin.operation_id <> o.operation_id) and not exists (
  select from operation twin
   where twin.tenant_id = $1 and twin.provider = $2 and twin.connection_id = $3
     and twin.provider_ref is null and twin.aggregate_id = o.aggregate_id and twin.family = o.family
     and twin.operation_id <> o.operation_id)))`;

/** Kinds of operations about which a line can prove something. */
const PROVABLE = `o.kind in ('sale', 'capture', 'refund', 'payout')`;
const AFTER = `(m.operation_id, m.leg) > ($4, $5)`;

/**
 * By the operations that are open; of those that have succeeded, only by the lines of what came back. What
 * came back is looked up first: from the other side, each operation that has succeeded would be.
 */
export const OPEN_MATCHES = `
  with came_back as materialized (
    select operation_id, leg, pass, file_id, line_number from match m
     where tenant_id = $1 and provider = $2 and connection_id = $3 and leg = 'return' and ${AFTER})
  select pair.operation_id, pair.leg, ${LINE} as line, ${OPERATION} as operation, l.occurred_at,
         f.format = 'provider' as is_fetched
    from (select m.operation_id, m.leg, m.file_id, m.line_number
            from operation o join match m on m.tenant_id = $1 and m.operation_id = o.operation_id
           where o.tenant_id = $1 and o.provider = $2 and o.connection_id = $3
             and o.result in ('sending', 'errored', 'unknown', 'pending', 'declined', 'failed')
             and ${PROVABLE} and ${AFTER} and ${CERTAIN}
          union all
          select m.operation_id, m.leg, m.file_id, m.line_number
            from came_back m join operation o on o.tenant_id = $1 and o.operation_id = m.operation_id
           where o.result = 'succeeded' and ${PROVABLE} and ${CERTAIN}
           order by operation_id, leg limit $6) pair
    join report_line l on l.tenant_id = $1 and l.file_id = pair.file_id and l.line_number = pair.line_number
    join report_file f on f.tenant_id = $1 and f.file_id = pair.file_id and f.superseded_by is null
    join operation o on o.tenant_id = $1 and o.operation_id = pair.operation_id
   order by pair.operation_id, pair.leg`;

/** Each once; $2 the run. @returns those that weren't told before */
export const REMEMBER = `
  insert into told_observation (tenant_id, run_id, observation_id, operation_id, leg, line_key, result)
  select $1, $2, *
    from unnest($3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::text[]) as told
  on conflict do nothing
  returning observation_id`;
