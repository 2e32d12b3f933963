import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../ledger.fixture.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start();
  await ledger.open('main');
  await ledger.transfer('main', { from: 'world', to: 'users:1', amount: 100 });
});
afterAll(() => ledger.stop());

/** As the service's own role. */
const attempt = (sql: string): Promise<string> =>
  ledger.database.database.query(sql).then(
    () => 'done',
    (error: { code?: string }) => error.code ?? 'unknown',
  );
const INSUFFICIENT_PRIVILEGE = '42501';
const CHECK_VIOLATION = '23514';

describe("the service's role", () => {
  it.each(['event', 'posting', 'batch', 'refused_key'])(
    'cannot change or remove a row of %s',
    async (table) => {
      expect(await attempt(`update ${table} set ledger_id = ledger_id`)).toBe(INSUFFICIENT_PRIVILEGE);
      expect(await attempt(`delete from ${table}`)).toBe(INSUFFICIENT_PRIVILEGE);
      expect(await attempt(`truncate ${table}`)).toBe(INSUFFICIENT_PRIVILEGE);
    },
  );

  it('cannot overdraw an account, even by hand', async () => {
    const sql = `update balance set output = input + 1 where account = 'users:1'`;
    expect(await attempt(sql)).toBe(CHECK_VIOLATION);
  });

  it('cannot give an amount below zero or with a fraction', async () => {
    const posting = (amount: string) =>
      `insert into posting values (1, 9, 0, 9, now(), 'a', 'b', 'X', ${amount})`;
    expect(await attempt(posting('-1'))).toBe(CHECK_VIOLATION);
    expect(await attempt(posting('1.5'))).toBe(CHECK_VIOLATION);
  });
});

describe('every key of every table', () => {
  it('begins with the ledger or the tenant', async () => {
    const keys = await ledger.database.database.query<{ relation: string; first: string }>(`
      select index.indrelid::regclass::text as relation, attribute.attname as first
      from pg_index index
      join pg_class class on class.oid = index.indrelid
      join pg_namespace namespace on namespace.oid = class.relnamespace and namespace.nspname = 'public'
      join pg_attribute attribute
        on attribute.attrelid = index.indrelid and attribute.attnum = index.indkey[0]
      where index.indisunique`);
    const known = new Set(['ledger_id', 'tenant_id']);
    // The migrator's own list of what it applied is the one table that belongs to no tenant.
    const others = keys.filter(({ relation, first }) => !known.has(first) && relation !== 'defter_migration');
    expect(others).toEqual([]);
    expect(keys.length).toBeGreaterThan(15);
  });
});
