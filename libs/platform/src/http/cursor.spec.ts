import { describe, expect, it } from '@jest/globals';
import { cursorPage, decodeCursor, encodeCursor, page, parsePageSize, turnedPage } from './cursor.js';
import { ProblemException } from './problem.js';

const asIs = (place: unknown) => place;
const view = { of: (row: bigint) => `row ${row}`, cursorAfter: (row: bigint) => encodeCursor('rows', row) };

describe('cursors', () => {
  it('come back exactly, opaque and safe in a URL', () => {
    const cursor = encodeCursor('rows', { after: 9007199254740993n, id: 'é' });
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(decodeCursor('rows', cursor, asIs)).toEqual({ after: 9007199254740993n, id: 'é' });
  });

  const refuse = () => {
    throw new Error('not a place');
  };
  it.each([
    ['of another list', encodeCursor('other', 1), asIs],
    ['with a place that does not fit', encodeCursor('rows', 1), refuse],
    ['that is empty', '', asIs],
    ['that is no base64url', 'a+b/', asIs],
    ['that is no JSON', 'AAAA', asIs],
    ['that is no pair', Buffer.from('{}').toString('base64url'), asIs],
    ['that is too long', 'a'.repeat(8_193), asIs],
  ])('a cursor %s is 400', (_, cursor, parse) => {
    expect(() => decodeCursor('rows', cursor, parse)).toThrow(ProblemException);
  });

  it('a page knows from the row too many that there is a next one', () => {
    expect(page([1n, 2n, 3n], 2, view)).toEqual({ data: ['row 1', 'row 2'], next: encodeCursor('rows', 2n) });
    expect(page([1n, 2n], 2, view)).toEqual({ data: ['row 1', 'row 2'] });
    expect(page([], 2, view)).toEqual({ data: [] });
    expect(cursorPage(page([1n, 2n], 1, view), 1, 'p')).toEqual({
      cursor: { pageSize: 1, hasMore: true, previous: 'p', next: encodeCursor('rows', 1n), data: ['row 1'] },
    });
  });

  it('a page read forwards or backwards knows what is before and behind it', () => {
    const at = {
      of: (row: number) => row,
      cursorAt: (row: number, back: boolean) => `${back ? '<' : '>'}${row}`,
    };
    const turn = (backward: boolean, inside: boolean) => ({ backward, inside });
    expect(turnedPage([1, 2, 3], 2, turn(false, false), at)).toEqual({ data: [1, 2], next: '>2' });
    expect(turnedPage([3, 4], 2, turn(false, true), at)).toEqual({ data: [3, 4], previous: '<3' });
    expect(turnedPage([4, 3, 2], 2, turn(true, true), at)).toEqual({
      data: [3, 4],
      previous: '<3',
      next: '>4',
    });
    expect(turnedPage([2, 1], 2, turn(true, true), at)).toEqual({ data: [1, 2], next: '>2' });
    expect(turnedPage([], 2, turn(true, true), at)).toEqual({ data: [] });
  });

  it('names the parameter that was wrong', () => {
    expect(() => parsePageSize('x', 20, 100, 'page_size')).toThrow(
      'page_size must be a whole number above 0',
    );
  });

  it('page sizes are cut to the limit; anything but a whole number above 0 is 400', () => {
    expect([parsePageSize(undefined), parsePageSize('7'), parsePageSize('1000')]).toEqual([15, 7, 100]);
    for (const text of ['0', '-1', '1.5', '1e2', '', 'x'])
      expect(() => parsePageSize(text)).toThrow(ProblemException);
  });
});
