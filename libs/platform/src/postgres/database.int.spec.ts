import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '@defter/testing';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.stop());

describe('values', () => {
  it('keeps every digit: int8 is a bigint, numeric a string, also in arrays', async () => {
    const [row] = await db.database.query(
      `select 9007199254740993::int8 a, 12345678901234567890.5::numeric b, array[9007199254740993, null]::int8[] c,
              array[0.1, 12345678901234567890]::numeric[] d, date '2026-03-01' e`,
    );
    expect(row).toEqual({
      a: 9007199254740993n,
      b: '12345678901234567890.5',
      c: [9007199254740993n, null],
      d: ['0.1', '12345678901234567890'],
      e: '2026-03-01',
    });
  });
});
