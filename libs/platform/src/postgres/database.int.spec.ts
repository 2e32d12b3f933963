import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, testDatabase, type TestDatabase } from '@defter/testing';
import { createLogger } from '../service/logger.js';
import { Database } from './database.js';
import { TryAgain } from './database-errors.js';

const logger = createLogger('test', 'silent');
let db: TestDatabase;
let admin: Database;

beforeAll(async () => {
  db = await testDatabase({ poolSize: 4 });
  admin = new Database({ url: db.adminUrl, name: 'admin', logger });
  await admin.query('create table thing (id int primary key, value int not null)');
  await admin.query('grant all on thing to defter_test');
});
beforeEach(() => admin.query('truncate thing'));
afterAll(async () => {
  await admin.close();
  await db.stop();
});

const things = async (): Promise<number[]> =>
  (await admin.query<{ id: number }>('select id from thing order by id')).map(({ id }) => id);
const put = 'insert into thing values ($1, 0)';

describe('values', () => {
  it('keep every digit: int8 is a bigint, numeric and date are text, also in arrays', async () => {
    const [row] = await db.database.query(
      `select 9007199254740993::int8 a, 12345678901234567890.5::numeric b,
              array[9007199254740993, null]::int8[] c,
              array[0.1, 12345678901234567890]::numeric[] d, date '2026-03-01' e`,
    );
    expect(row).toEqual({
      a: 9007199254740993n,
      b: '12345678901234567890.5',
      c: [9007199254740993n, null],
      d: ['0.1', '12345678901234567890'],
      e: '2026-03-01',
    });
    const [back] = await db.database.query('select $1::int8 a, $2::int8[] b', [2n ** 62n, [1n, 2n ** 62n]]);
    expect(back).toEqual({ a: 2n ** 62n, b: [1n, 2n ** 62n] });
  });
});

describe('a transaction', () => {
  it('commits what it did, or nothing', async () => {
    await db.database.transaction((tx) => tx.query(put, [1]));
    const failing = db.database.transaction(async (tx) => {
      await tx.query(put, [2]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await things()).toEqual([1]);
  });

  it('is joined by everything that runs inside it', async () => {
    const failing = db.database.transaction(async () => {
      await db.database.query(put, [1]);
      await db.database.transaction((inner) => inner.query(put, [2]));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await things()).toEqual([]);
  });

  it('never waits for a second connection: twice as many at once as the pool has', async () => {
    const work = (id: number) =>
      db.database.transaction(async () => db.database.transaction(() => db.database.query(put, [id])));
    await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(work));
    expect(await things()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    await db.database.transaction(async () => {
      await expect(db.database.connection()).rejects.toThrow('inside a transaction');
      await expect(db.database.session()).rejects.toThrow('inside a transaction');
    });
  });

  it('refuses what was not awaited and comes after its end', async () => {
    let late: Promise<unknown> | undefined;
    await db.database.transaction(async (tx) => {
      await tx.query('select 1');
      late = new Promise((resolve) => setTimeout(resolve, 20)).then(() => db.database.query(put, [1]));
      late.catch(() => undefined);
    });
    await expect(late).rejects.toThrow('after the end of its transaction');
    expect(await things()).toEqual([]);
  });

  it('undoes a savepoint alone, with its effects', async () => {
    const effects: string[] = [];
    await db.database.transaction(async (tx) => {
      await tx.query(put, [1]);
      const inner = tx.savepoint(async () => {
        tx.afterCommit(() => effects.push('inner'));
        await tx.query(put, [2]);
        await tx.query(put, [2]);
      });
      await expect(inner).rejects.toMatchObject({ code: '23505' });
      tx.afterCommit(() => effects.push('outer'));
      await tx.query(put, [3]);
      expect(effects).toEqual([]);
    });
    expect(await things()).toEqual([1, 3]);
    expect(effects).toEqual(['outer']);
  });

  it('says so when an error in it was swallowed, instead of “committing” nothing', async () => {
    const swallowing = db.database.transaction(async (tx) => {
      await tx.query(put, [1]);
      await tx.query('select 1 / 0').catch(() => undefined);
    });
    await expect(swallowing).rejects.toThrow('rolled back: an error in it was swallowed');
    expect(await things()).toEqual([]);
  });

  it('is run again after a deadlock, until both are through', async () => {
    await db.database.query('insert into thing values (1, 0), (2, 0)');
    let attempts = 0;
    const swap = (first: number, second: number) =>
      db.database.transaction(async (tx) => {
        attempts += 1;
        await tx.query('update thing set value = value + 1 where id = $1', [first]);
        await tx.query('select pg_sleep(0.1)');
        await tx.query('update thing set value = value + 1 where id = $1', [second]);
      });
    await Promise.all([swap(1, 2), swap(2, 1)]);
    expect(attempts).toBeGreaterThan(2);
    expect(await admin.query('select value from thing')).toEqual([{ value: 2 }, { value: 2 }]);
  });

  it('is run again after a serialization failure', async () => {
    await db.database.query('insert into thing values (1, 0)');
    const add = () =>
      db.database.transaction(
        async (tx) => {
          const [row] = await tx.query<{ value: number }>('select value from thing where id = 1');
          await tx.query('update thing set value = $1 where id = 1', [(row?.value ?? 0) + 1]);
        },
        { isolation: 'serializable' },
      );
    await Promise.all([add(), add(), add()]);
    expect(await admin.query('select value from thing')).toEqual([{ value: 3 }]);
  });

  it('gives up after six attempts with a Fault, having done nothing', async () => {
    let attempts = 0;
    const hopeless = db.database.transaction(async (tx) => {
      await tx.query(put, [++attempts]);
      throw new TryAgain('again');
    });
    await expect(hopeless).rejects.toMatchObject({ code: 'contention' });
    expect(attempts).toBe(6);
    expect(await things()).toEqual([]);
  });
});

describe('limits', () => {
  it('are set on the server: statement, lock, idle in transaction', async () => {
    const names = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
    const sql = 'select name, setting from pg_settings where name = any ($1) order by name';
    const rows = await db.database.query<{ setting: string }>(sql, [names]);
    expect(rows.map(({ setting }) => setting)).toEqual(['30000', '10000', '30000']);
  });

  it('free the locks of a client whose machine is gone', async () => {
    const names = ['tcp_keepalives_idle', 'tcp_keepalives_interval', 'tcp_keepalives_count'];
    const sql = 'select setting from pg_settings where name = any ($1) order by name';
    const session = await db.database.session();
    expect(await session.query(sql, [names])).toEqual([
      { setting: '3' },
      { setting: '10' },
      { setting: '5' },
    ]);
    session.release();
  });

  it('turn a slow statement and a waited-for lock into a Fault', async () => {
    const hasty = new Database({
      url: db.url,
      name: 'hasty',
      logger,
      statementTimeoutMs: 100,
      lockTimeoutMs: 50,
    });
    await expect(hasty.query('select pg_sleep(5)')).rejects.toMatchObject({ code: 'database-busy' });
    await admin.transaction(async (tx) => {
      await tx.query('lock table thing');
      const locked = admin.outside(() => hasty.query('select from thing'));
      await expect(locked).rejects.toMatchObject({ code: 'database-busy' });
    });
    await hasty.close();
  });

  it('bound the wait for a connection, in time and in number', async () => {
    const small = new Database({
      url: db.url,
      name: 'small',
      logger,
      poolSize: 1,
      poolWaitMs: 200,
      waitersLimit: 1,
    });
    const held = await small.connection();
    const waiting = small.query('select 1');
    // The waiter gets its whole time; one more is told at once.
    const overloaded = await small.query('select 1').catch((error: Error) => error);
    expect(overloaded).toMatchObject({
      code: 'overloaded',
      message: '1 callers already wait for a connection',
    });
    await expect(waiting).rejects.toMatchObject({
      code: 'overloaded',
      message: 'No connection came free in time',
    });
    held.release();
    await expect(small.query('select 1 as one')).resolves.toEqual([{ one: 1 }]);
    await small.close();
  });
});

describe('a database that is away', () => {
  it('is said to be away to every caller, also to those who waited for a connection', async () => {
    const nowhere = new URL(db.url);
    nowhere.port = '1';
    const away = new Database({ url: nowhere.href, name: 'away', logger, poolSize: 2 });
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        away.query('select 1').catch((error: { code?: string }) => error.code),
      ),
    );
    expect(new Set(answers)).toEqual(new Set(['database-away']));
    await away.close();
  });
});

describe('rights', () => {
  it('let the service write events, but neither change nor remove them', async () => {
    for (const table of ['stream_event', 'inbox', 'outbox']) {
      await expect(db.database.query(`update ${table} set tenant_id = 'x'`)).rejects.toMatchObject({
        code: '42501',
      });
    }
    for (const table of ['stream_event', 'inbox', 'stream']) {
      await expect(db.database.query(`delete from ${table}`)).rejects.toMatchObject({ code: '42501' });
    }
    await expect(db.database.query('create table mine (id int)')).rejects.toMatchObject({ code: '42501' });
  });
});

describe('a lost connection', () => {
  it('ends neither the process nor the pool', async () => {
    await db.database.query('select 1');
    await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'defter_test'
      and datname = current_database()`);
    await eventually(async () => expect(await db.database.query('select 1 as one')).toEqual([{ one: 1 }]));
  });

  it('in a transaction is a Fault, and nothing of it stays', async () => {
    const cut = db.database.transaction(async (tx) => {
      const [row] = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
      await tx.query(put, [1]);
      await admin.query('select pg_terminate_backend($1)', [row?.pid]);
      await tx.query(put, [2]);
    });
    await expect(cut).rejects.toMatchObject({ code: 'database-away' });
    expect(await things()).toEqual([]);
  });
});
