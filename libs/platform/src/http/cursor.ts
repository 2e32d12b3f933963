import { JsonError, parseJson } from './json-read.js';
import { writeJson } from './json-write.js';
import { malformed, type ProblemException } from './problem.js';

/**
 * A place in a list; opaque to callers. `kind` names the list with its order and filters, so that it fits
 * no other.
 */
export function encodeCursor(kind: string, place: unknown): string {
  return Buffer.from(writeJson([kind, place])).toString('base64url');
}

/** The place of a cursor that this list gave out. @throws ProblemException 400 for anything else */
export function decodeCursor<P>(kind: string, cursor: string, parsePlace: (place: unknown) => P): P {
  const [given, place] = opened(cursor);
  if (given !== kind) throw wrongCursor();
  try {
    return parsePlace(place);
  } catch {
    throw wrongCursor();
  }
}

/** A page of a list: `next` is absent on the last one. */
export interface Page<V> {
  readonly data: readonly V[];
  readonly next?: string;
}

/** The page out of `pageSize + 1` rows: the row too many only says that there is a next page. */
export function page<R, V>(
  rows: readonly R[],
  pageSize: number,
  view: { readonly of: (row: R) => V; readonly cursorAfter: (row: R) => string },
): Page<V> {
  const shown = rows.slice(0, pageSize);
  const last = shown.at(-1);
  const hasMore = rows.length > pageSize && last !== undefined;
  return { data: shown.map(view.of), ...(hasMore && { next: view.cursorAfter(last) }) };
}

/** A page of a list that can be turned back too: `previous` is absent on the first one. */
export interface TurnedPage<V> extends Page<V> {
  readonly previous?: string;
}

/**
 * The page out of `pageSize + 1` rows of a list that is read in both directions. `turn.backward`: the rows
 * came in the opposite order, from before the page that was left. `turn.inside`: the reading began at a
 * cursor.
 */
export function turnedPage<R, V>(
  rows: readonly R[],
  pageSize: number,
  turn: { readonly backward: boolean; readonly inside: boolean },
  view: { readonly of: (row: R) => V; readonly cursorAt: (row: R, backward: boolean) => string },
): TurnedPage<V> {
  const shown = rows.slice(0, pageSize);
  if (turn.backward) shown.reverse();
  const [first] = shown;
  const last = shown.at(-1);
  const more = rows.length > pageSize;
  const [before, behind] = turn.backward ? [more, true] : [turn.inside, more];
  return {
    data: shown.map(view.of),
    ...(before && first !== undefined && { previous: view.cursorAt(first, true) }),
    ...(behind && last !== undefined && { next: view.cursorAt(last, false) }),
  };
}

/** A page as ledger clients expect it. */
export interface CursorPage<V> {
  readonly cursor: {
    readonly pageSize: number;
    readonly hasMore: boolean;
    readonly previous?: string;
    readonly next?: string;
    readonly data: readonly V[];
  };
}

/** The same page in the form of Formance's API. */
export function cursorPage<V>({ data, next }: Page<V>, pageSize: number, previous?: string): CursorPage<V> {
  const links = { ...(previous !== undefined && { previous }), ...(next !== undefined && { next }) };
  return { cursor: { pageSize, hasMore: next !== undefined, ...links, data } };
}

/**
 * The page size a caller asks for in the parameter `name`: `fallback` without, cut to `limit`.
 * @throws ProblemException 400
 */
export function parsePageSize(
  text: string | undefined,
  fallback = 15,
  limit = 100,
  name: 'pageSize' | 'page_size' = 'pageSize',
): number {
  if (text === undefined) return fallback;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw malformed([
      { loc: ['query', name], msg: `${name} must be a whole number above 0`, type: 'page-size' },
    ]);
  }
  return Math.min(Number.parseInt(text, 10), limit);
}

function opened(cursor: string): [kind: unknown, place: unknown] {
  if (!/^[\w-]{1,8192}$/.test(cursor)) throw wrongCursor();
  try {
    const content = parseJson(Buffer.from(cursor, 'base64url'));
    return Array.isArray(content) ? [content[0], content[1]] : [undefined, undefined];
  } catch (error) {
    if (error instanceof JsonError) throw wrongCursor();
    throw error;
  }
}

/** 400: the cursor was not given out by this list. */
export function wrongCursor(): ProblemException {
  return malformed([{ loc: ['query', 'cursor'], msg: 'cursor is not one of this list', type: 'cursor' }]);
}
