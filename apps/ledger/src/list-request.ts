import {
  type CursorPage,
  cursorPage,
  decodeCursor,
  encodeCursor,
  page,
  parsePageSize,
} from '@defter/platform';
import type { LedgerRequest } from './ledger-request.js';

/** A list of the API: how its cursors are made and read, and how a row is shown. */
export interface ListForm<R, V, P> {
  /** Names the list, so that another list's cursor is refused. */
  readonly kind: string;
  /** Query parameters beside `pageSize` and `cursor`. */
  readonly filters?: readonly string[];
  /** @throws Error for what isn't a place, which makes the cursor a wrong one */
  readonly parsePlace: (place: unknown) => P;
  readonly place: (row: R) => P;
  readonly view: (row: R) => V;
}

/** Reads `limit` rows behind a place. */
export type ReadRows<R, P> = (after: P | undefined, limit: number) => Promise<readonly R[]>;

/** Answers a list request with one page; one row more than shown tells whether there is a next page. */
export const listPage = async <R, V, P>(
  request: LedgerRequest,
  form: ListForm<R, V, P>,
  read: ReadRows<R, P>,
): Promise<CursorPage<V>> => {
  const { filters = [], parsePlace, place, view } = form;
  // A place in one ledger means nothing in another.
  const kind = `${form.kind}/${request.address.ledger}`;
  const { cursor, pageSize: sizeText } = request.query('pageSize', 'cursor', ...filters);
  const pageSize = parsePageSize(sizeText);
  const after = cursor === undefined ? undefined : decodeCursor(kind, cursor, parsePlace);
  const rows = await read(after, pageSize + 1);
  const shown = page(rows, pageSize, { of: view, cursorAfter: (row) => encodeCursor(kind, place(row)) });
  return cursorPage(shown, pageSize);
};

/** A place that is a number from 0. */
export const numberPlace = (place: unknown): number => {
  if (typeof place !== 'number' || !Number.isSafeInteger(place) || place < 0) throw new Error('not a number');
  return place;
};

/** A place that is text. */
export const textPlace = (place: unknown): string => {
  if (typeof place !== 'string') throw new Error('not a text');
  return place;
};
