import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { testDatabase, type TestDatabase } from '@defter/testing';
import { columnOf } from './columns.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.stop());

const read = async (sql: string, column: string): Promise<(string | null)[]> => {
  const rows = await database.database.query<{ value: string | null }>(
    `select value from unnest(${sql}) as t (value)`,
    [column],
  );
  return rows.map(({ value }) => value);
};
const storable = fc
  .string({ unit: 'binary', maxLength: 40 })
  .filter((text) => !/[\0\p{Surrogate}]/u.test(text));
const edges = fc.constantFrom('null', 'NULL', 'Null', '', ' ', '{}', '"', '\\', 'a,b', '\u001e', '\n');

describe('a column as PostgreSQL reads it', () => {
  it('has every free text as it was', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.option(fc.oneof(storable, edges))), async (values) => {
        expect(await read('$1::text[]', columnOf('free', values))).toEqual(values);
      }),
      { numRuns: 100 },
    ));

  it('has every plain value as it was, also an account that is called null', async () => {
    const values = ['a:b-c_d', 'TRY/2', 'null', 'NULL', 'nULL:x', '2026-01-31T09:30:00.000001Z', null];
    expect(await read('$1::text[]', columnOf('plain', values))).toEqual(values);
    const numbers = [1n, 10n ** 70n, null];
    const texts = numbers.map((number) => number?.toString() ?? null);
    expect(await read('$1::numeric[]', columnOf('plain', numbers))).toEqual(texts);
  });

  it('has every document as it was', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.option(storable), { minLength: 1 }), async (values) => {
        const documents = values.map((value) => (value === null ? null : JSON.stringify({ value })));
        const sql = `string_to_array($1::text, E'\\x1e', '')`;
        // One missing document alone is an empty text, which is an empty array.
        const expected = documents.every((each) => each === null) && documents.length === 1 ? [] : documents;
        expect(await read(sql, columnOf('document', documents))).toEqual(expected);
      }),
      { numRuns: 100 },
    ));
});
