/** Parts of statements over `report_line l`. */
import { settledFamilies } from '@defter/reconciliation-domain';

/** To whom the money of a line went: to us, or away. */
export const SIGN = `case when l.family = 'charge' or l.leg = 'return' then 1 else -1 end`;

/** What a line adds to the settlement that pays it: as it says itself; lines from before don't. */
export const NET = `coalesce(l.net, ${SIGN} * l.amount - l.fee)`;

/**
 * Whether an operation of ours belongs to the line. The others are the provider's own (its fees, reserves,
 * adjustments): nothing of ours could match them, so that they never lack anything.
 */
export const IS_OURS = `l.family in (${settledFamilies.map((family) => `'${family}'`).join(', ')})`;
