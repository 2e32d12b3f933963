import { decodeCursor, encodeCursor, parsePageSize } from '@defter/platform';
import { refuseUnknownQuery } from './write-request.js';

/** What a list is asked for: how many, and behind which place. */
export interface ListRequest<P> {
  readonly pageSize: number;
  readonly after: P | undefined;
}

/** Reads `pageSize` and `cursor`; `kind` names the list, so that another list's cursor is refused. */
export const toListRequest = <P>(
  kind: string,
  query: Readonly<Record<string, string>>,
  parsePlace: (place: unknown) => P,
  known: readonly string[] = [],
): ListRequest<P> => {
  refuseUnknownQuery(query, ['pageSize', 'cursor', ...known]);
  const { cursor } = query;
  return {
    pageSize: parsePageSize(query['pageSize']),
    after: cursor === undefined ? undefined : decodeCursor(kind, cursor, parsePlace),
  };
};

/** A place that is a positive number. @throws Error, which makes the cursor a wrong one */
export const numberPlace = (place: unknown): number => {
  if (typeof place !== 'number' || !Number.isSafeInteger(place) || place < 0) throw new Error('not a number');
  return place;
};

/** A place that is text. @throws Error, which makes the cursor a wrong one */
export const textPlace = (place: unknown): string => {
  if (typeof place !== 'string') throw new Error('not a text');
  return place;
};

/** The page of a list out of `pageSize + 1` rows, in the form that ledger clients know. */
export const toCursorPage = <R, V>(
  rows: readonly R[],
  kind: string,
  { pageSize, view, place }: { pageSize: number; view: (row: R) => V; place: (row: R) => unknown },
) => {
  const shown = rows.slice(0, pageSize);
  const last = shown.at(-1);
  const hasMore = rows.length > pageSize && last !== undefined;
  const next = hasMore ? { next: encodeCursor(kind, place(last)) } : {};
  return { cursor: { pageSize, hasMore, ...next, data: shown.map(view) } };
};
