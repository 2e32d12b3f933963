import { counted } from './match.sql.js';
import { RESIDUE_CTES, RESIDUES } from './residue.sql.js';
import { STATE_RESIDUES } from './state-residue.sql.js';

/**
 * Freeze everything that is left over or wrong, in one order; parameters as in `residue.sql.ts`, and $9 the
 * number of the last row before.
 */
export const FREEZE_RESIDUE: readonly string[] = [...RESIDUES, ...STATE_RESIDUES].map((residue) =>
  counted(`
  with recursive ${RESIDUE_CTES}
  insert into run_residue (tenant_id, run_id, residue_number, kind, expected, leg, matched_by, line,
    operation, booked, candidates, facts)
  select $1, $4, $9::int + row_number() over (order by kind, place, leg), kind, expected, leg, matched_by,
    line, operation, booked, candidates, facts
    from (${residue}) residue (kind, expected, leg, matched_by, line, operation, booked, candidates, facts,
      place)
   where $2::text is not null and $3::text is not null and $5::timestamptz is not null
     and $6::timestamptz is not null and $8::timestamptz is not null
     and ($7::date is null or $7 is not null)`),
);
