/** Parts of statements over `report_line l`. */

/** To whom the money of a line went: to us, or away. */
export const SIGN = `case when l.family = 'charge' or l.leg = 'return' then 1 else -1 end`;

/** What a line adds to the settlement that pays it: as it says itself; lines from before don't. */
export const NET = `coalesce(l.net, ${SIGN} * l.amount - l.fee)`;
