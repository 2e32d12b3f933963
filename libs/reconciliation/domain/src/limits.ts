/** How long a payout may be without a result before somebody looks. */
export const payoutStuckHours = 24;
/** How long an operation's outcome may be unknown; the look-up ladder has had its first day by then. */
export const unknownAgedHours = 24;
/** How long a provider holds a reserve back where nothing else was agreed: card schemes' half a year. */
export const reserveLimitDays = 180;
