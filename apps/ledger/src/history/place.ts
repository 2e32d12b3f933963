/**
 * A place in an account's entries: the instant by the clock in use, then the event, then the posting in it.
 * `-infinity` and `infinity` stand before and behind everything.
 */
export interface Place {
  readonly at: string;
  readonly sequence: number;
  readonly position: number;
}

/** Before everything, and behind it. */
export const BEGINNING: Place = { at: '-infinity', sequence: 0, position: 0 };
export const END: Place = { at: 'infinity', sequence: 0, position: 0 };

/** The place right before the first event at an instant. */
export const startOf = (instant: string): Place => ({ at: instant, sequence: 0, position: 0 });

interface Dated {
  readonly effectiveAt: string;
  readonly sequence: number;
  readonly position: number;
}

/** The place of a posting by effective time. */
export const placeOf = ({ effectiveAt, sequence, position }: Dated): Place => ({
  at: effectiveAt,
  sequence,
  position,
});

const compare = (a: Dated, b: Dated): number => {
  if (a.effectiveAt !== b.effectiveAt) return a.effectiveAt < b.effectiveAt ? -1 : 1;
  return a.sequence === b.sequence ? a.position - b.position : a.sequence - b.sequence;
};

/** By effective time, then in the order of recording. */
export const inOrderOf = <R extends Dated>(
  rows: readonly R[],
  { descending }: { readonly descending: boolean },
): R[] => [...rows].sort((a, b) => (descending ? compare(b, a) : compare(a, b)));

/** The instant a microsecond earlier; instants are ISO 8601, UTC, with six fractional digits. */
export const justBefore = (instant: string): string => {
  const micros = parseInt(instant.slice(20, 26), 10) - 1;
  if (micros >= 0) return `${instant.slice(0, 20)}${String(micros).padStart(6, '0')}Z`;
  const second = new Date(Date.parse(`${instant.slice(0, 19)}Z`) - 1000).toISOString();
  return `${second.slice(0, 19)}.999999Z`;
};
