import { type CursorPage, cursorPage, turnedPage, wrongCursor } from '@defter/platform';
import type { LedgerRequest } from './ledger-request.js';
import type { ListQuestion } from './list-question.js';

/** How rows are read for a page: from a place, in the direction of reading, at most `limit`. */
export interface PageRequest<P> {
  readonly after: P | undefined;
  /** The direction of reading: the list's, turned around for a page before the place. */
  readonly descending: boolean;
  readonly limit: number;
}

/** How a list's rows and places are written. */
export interface PageForm<R, P> {
  /** @throws Error for what isn't a place, which makes the cursor a wrong one */
  readonly parsePlace: (place: unknown) => P;
  readonly place: (row: R) => P;
}

/**
 * Answers a question with one page of rows, read in either direction; one row more than shown tells whether
 * the list goes on.
 */
export const listPage = async <R, P>(
  question: ListQuestion,
  form: PageForm<R, P>,
  read: (page: PageRequest<P>) => Promise<readonly R[]>,
): Promise<CursorPage<R>> => {
  const { backward, pageSize, order } = question;
  const after = toPlace(question, form);
  const rows = await read({ after, limit: pageSize + 1, descending: order.descending !== backward });
  const turned = turnedPage(
    rows,
    pageSize,
    { backward, inside: after !== undefined },
    { of: (row) => row, cursorAt: (row, back) => question.cursorAt(form.place(row), back) },
  );
  return cursorPage(turned, pageSize, turned.previous);
};

const toPlace = <R, P>({ place }: ListQuestion, form: PageForm<R, P>): P | undefined => {
  if (place === undefined) return undefined;
  try {
    return form.parsePlace(place);
  } catch {
    throw wrongCursor();
  }
};

/** The same page with its rows shown so. */
export const viewed = <R, V>({ cursor }: CursorPage<R>, data: readonly V[]): CursorPage<V> => ({
  cursor: { ...cursor, data },
});

/** Answers a count: 204 with the header `Count`. */
export const answerCount = (request: LedgerRequest, count: bigint): void => {
  request.header('count', count.toString());
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
