/** What a decider answers: the events that now hold, or the reason why nothing changes. */
export type Decision<Event, Refusal> =
  | { readonly accepted: true; readonly events: readonly Event[] }
  | { readonly accepted: false; readonly refusal: Refusal };

/** The command holds; `events` say what changed, none when it changes nothing. */
export const accept = <const Event>(
  ...events: readonly Event[]
): { readonly accepted: true; readonly events: readonly Event[] } => ({ accepted: true, events });

/** The command does not hold; the refusal is data, with a kebab-case `code`. */
export const refuse = <const Refusal>(
  refusal: Refusal,
): { readonly accepted: false; readonly refusal: Refusal } => ({ accepted: false, refusal });

/**
 * The default of an exhaustive switch: a case left out doesn't compile, and one that slips through is a bug.
 */
export const assertNever = (unexpected: never): never => {
  throw new Error(`unexpected case: ${String(unexpected)}`);
};
