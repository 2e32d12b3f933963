/** How long a provider holds a reserve back where nothing else was agreed: card schemes' half a year. */
export const reserveLimitDays = 180;
