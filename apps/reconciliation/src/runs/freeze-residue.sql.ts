import { RESIDUE_CTES, RESIDUES } from './residue.sql.js';
import { STATE_RESIDUES } from './state-residue.sql.js';

/** Freezes everything that is left over or wrong, in one order; parameters as in `residue.sql.ts`. */
export const FREEZE_RESIDUE = `
  with ${RESIDUE_CTES}
  insert into run_residue (tenant_id, run_id, residue_number, kind, expected, leg, matched_by, line,
    operation, booked, candidates, facts)
  select $1, $4, row_number() over (order by kind, place, leg), kind, expected, leg, matched_by, line,
    operation, booked, candidates, facts
    from (${[...RESIDUES, ...STATE_RESIDUES].join(' union all ')}) residue`;
