import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scratchFolder, testDatabase, type TestDatabase } from '@defter/testing';
import { createLogger } from '../service/logger.js';
import { Database } from './database.js';
import { checkSchema, migrate, SchemaMismatch } from './migrator.js';
import { checkDurability } from './settings-check.js';

const logger = createLogger('test', 'silent');
let db: TestDatabase;
let admin: Database;

beforeEach(async () => {
  db = await testDatabase();
  admin = new Database({ url: db.adminUrl, name: 'admin', logger });
});
afterEach(async () => {
  await admin.close();
  await db.stop();
});

/** A migrations folder with these steps: name → SQL. */
function folder(steps: Record<string, string>): URL {
  const path = scratchFolder('migrations');
  for (const [name, sql] of Object.entries(steps)) {
    mkdirSync(join(path, name));
    writeFileSync(join(path, name, 'up.sql'), sql);
    writeFileSync(join(path, name, 'note.md'), 'why');
  }
  return pathToFileURL(`${path}/`);
}
const run = (migrations: URL) =>
  migrate({ url: db.adminUrl, migrations, logger, serviceRole: 'defter_test' });
const thing = {
  '0001-thing': 'create table thing (id int primary key); grant select on thing to :"service";',
};

describe('the migrator', () => {
  it('applies what is missing, once, with grants for the service', async () => {
    const migrations = folder(thing);
    await Promise.all([run(migrations), run(migrations), run(migrations)]);
    await expect(db.database.query('select from thing')).resolves.toEqual([]);
    await expect(checkSchema(db.database, migrations)).resolves.toBeUndefined();
  });

  it('undoes a failing step completely, and goes on from there when it is put right', async () => {
    const failing = folder({ ...thing, '0002-wrong': 'create table other (id int); select 1 / 0;' });
    await expect(run(failing)).rejects.toThrow('The migration service 0002-wrong failed');
    expect(await admin.query(`select to_regclass('thing') as thing, to_regclass('other') as other`)).toEqual([
      { thing: 'thing', other: null },
    ]);
    await run(folder({ ...thing, '0002-wrong': 'create table other (id int);' }));
  });

  it('runs the statements of a marked step one by one: indexes can be made concurrently', async () => {
    const alone = (last: string) => `-- outside a transaction: not to block
create table if not exists thing (id int primary key);
-- a comment; with a semicolon
drop index concurrently if exists thing_id;
create index concurrently thing_id on thing (id);
${last}`;
    await expect(run(folder({ '0001-alone': alone('select 1 / 0;') }))).rejects.toThrow('0001-alone failed');
    await expect(checkSchema(admin, folder({ '0001-alone': alone('') }))).rejects.toThrow(SchemaMismatch);
    const put = folder({ '0001-alone': alone('grant select on thing to :"service";') });
    await run(put);
    await expect(checkSchema(admin, put)).resolves.toBeUndefined();
    expect(
      await admin.query(`select indisvalid from pg_index where indexrelid = 'thing_id'::regclass`),
    ).toEqual([{ indisvalid: true }]);
  });

  it('refuses a step that was changed after it was applied', async () => {
    await run(folder(thing));
    const changed = folder({ '0001-thing': `${thing['0001-thing']} -- changed` });
    await expect(run(changed)).rejects.toThrow('was changed after it was applied');
    await expect(checkSchema(db.database, changed)).rejects.toThrow(SchemaMismatch);
  });

  it('migrates no database that is newer than the program, and serves beside it', async () => {
    await run(folder({ ...thing, '0002-more': 'select 1' }));
    await expect(run(folder(thing))).rejects.toThrow('0002-more, which this program does not know');
    await expect(checkSchema(db.database, folder(thing))).resolves.toBeUndefined();
    const other = folder({ ...thing, '0003-other': 'select 1' });
    await expect(checkSchema(db.database, other)).rejects.toThrow(SchemaMismatch);
  });

  it('serves beside lower numbers of a newer program, but beside no foreign ones', async () => {
    const old = folder({ ...thing, '0004-late': 'select 1' });
    await run(old);
    await run(folder({ ...thing, '0003-reserved': 'select 1', '0004-late': 'select 1' }));
    await expect(checkSchema(db.database, old)).resolves.toBeUndefined();
    await expect(run(old)).rejects.toThrow('0003-reserved, which this program does not know');
    // What was there before this program's own last step came from no successor of it.
    await admin.query(`update defter_migration set applied_at = (
      select applied_at from defter_migration where name = '0001-thing') where name = '0003-reserved'`);
    await expect(checkSchema(db.database, old)).rejects.toThrow('0003-reserved, which this program');
    await admin.query(`update defter_migration set applied_at = now() where name = '0003-reserved'`);
    const edited = folder({ ...thing, '0003-reserved': 'select 2', '0004-late': 'select 1' });
    await expect(checkSchema(db.database, edited)).rejects.toThrow('was changed after it was applied');
  });

  it('is not ready while a step is missing', async () => {
    await expect(checkSchema(db.database, folder(thing))).rejects.toThrow(
      'is not applied: run the migrate role',
    );
  });

  it('does not queue traffic behind a lock: it gives up after its limit', async () => {
    await run(folder(thing));
    const reader = await admin.connection();
    await reader.query('begin');
    await reader.query('select from thing');
    const started = Date.now();
    await expect(
      run(folder({ ...thing, '0002-wait': 'alter table thing add column more int' })),
    ).rejects.toThrow('0002-wait failed');
    expect(Date.now() - started).toBeLessThan(15_000);
    await reader.query('rollback');
    reader.release();
  });
});

describe('the durability check', () => {
  let fresh: Database;
  const role = `careless_${process.pid}`;

  it('lets a durable server pass', async () => {
    await expect(checkDurability(db.database)).resolves.toBeUndefined();
  });

  it('refuses synchronous_commit off, wherever it was set, and says how to put it right', async () => {
    await admin.query(`create role ${role} login password 'x'`);
    await admin.query(`alter role ${role} set synchronous_commit = off`);
    const url = new URL(db.adminUrl);
    url.username = role;
    url.password = 'x';
    fresh = new Database({ url: url.href, name: 'careless', logger });
    await expect(checkDurability(fresh)).rejects.toThrow(
      `synchronous_commit is off: alter role "${role}" reset synchronous_commit;`,
    );
    await fresh.close();
    await admin.query(`drop role ${role}`);

    const [row] = await admin.query<{ name: string }>('select current_database() as name');
    await admin.query(`alter database ${row?.name} set synchronous_commit = off`);
    fresh = new Database({ url: db.url, name: 'careless', logger });
    await expect(checkDurability(fresh)).rejects.toThrow(
      `alter database "${row?.name}" reset synchronous_commit;`,
    );
    await fresh.close();
  });
});
