import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, testDatabase, type TestDatabase } from '@defter/testing';
import { createLogger } from '../service/logger.js';
import { commitOutcome, noteTransaction } from './commit-outcome.js';
import { CommitUnknown } from './database-errors.js';
import { Database } from './database.js';
import type { Transaction } from './transaction.js';

const logger = createLogger('test', 'silent');
let db: TestDatabase;
let admin: Database;
let proxied: Database;
let proxy: Server;
/** What the network does to a COMMIT: lets it through and loses the answer, or loses the COMMIT itself. */
let fault: 'none' | 'answer lost' | 'commit lost' = 'none';

beforeAll(async () => {
  db = await testDatabase();
  admin = new Database({ url: db.adminUrl, name: 'admin', logger });
  await admin.query('create table thing (id int primary key)');
  await admin.query('grant select, insert on thing to defter_test');
  const target = new URL(db.url);
  const port = Number.parseInt(target.port, 10);
  proxy = createServer((client) => {
    const server = connect(port, target.hostname);
    const end = (): void => void [client.destroy(), server.destroy()];
    server
      .on('data', (bytes) => client.write(bytes))
      .on('error', end)
      .on('close', end);
    client.on('error', end).on('close', end);
    client.on('data', (bytes) => {
      const cut = bytes.includes('commit\0') ? fault : 'none';
      // It hits one COMMIT; what asks for its outcome gets through.
      if (cut !== 'none') fault = 'none';
      if (cut === 'commit lost') return end();
      if (cut === 'answer lost') server.removeAllListeners('data').on('data', end);
      return server.write(bytes);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  target.port = `${(proxy.address() as AddressInfo).port}`;
  proxied = new Database({ url: target.href, name: 'proxied', logger, poolSize: 2 });
});
afterAll(async () => {
  await proxied.close();
  await admin.close();
  await db.stop();
  proxy.close();
});

const put = (id: number) => (tx: Transaction) => tx.query('insert into thing values ($1)', [id]);
const has = async (id: number): Promise<boolean> =>
  (await admin.query('select from thing where id = $1', [id])).length === 1;

/** Runs a transaction whose COMMIT meets the fault. */
function during<T>(kind: typeof fault, work: () => Promise<T>): Promise<T> {
  fault = kind;
  return work();
}

describe('a COMMIT without an answer', () => {
  it('is unknown, whether it was applied or not, and is never repeated', async () => {
    let runs = 0;
    const work = (id: number) => proxied.transaction((tx) => put(id)(tx).finally(() => (runs += 1)));
    await expect(during('answer lost', () => work(1))).rejects.toThrow(CommitUnknown);
    await expect(during('commit lost', () => work(2))).rejects.toThrow(CommitUnknown);
    expect([await has(1), await has(2), runs]).toEqual([true, false, 2]);
  });

  it('is resolved by the noted transaction', async () => {
    const noted: string[] = [];
    const noting = (id: number) =>
      proxied.transaction(async (tx) => {
        noted.push(await tx.id());
        await put(id)(tx);
      });
    await expect(during('answer lost', () => noting(3))).rejects.toMatchObject({
      transactionId: expect.any(String),
    });
    await expect(during('commit lost', () => noting(4))).rejects.toThrow(CommitUnknown);
    expect(await Promise.all(noted.map((id) => commitOutcome(admin, id)))).toEqual(['committed', 'aborted']);
  });

  it('with settle: succeeds when it was applied, fails as “away” when it was not', async () => {
    const effects: number[] = [];
    const settling = (id: number) =>
      proxied.transaction(
        async (tx) => {
          tx.afterCommit(() => effects.push(id));
          await put(id)(tx);
          return id;
        },
        { settle: true },
      );
    await expect(during('answer lost', () => settling(5))).resolves.toBe(5);
    await expect(during('commit lost', () => settling(6))).rejects.toMatchObject({ code: 'database-away' });
    expect([await has(5), await has(6), effects]).toEqual([true, false, [5]]);
  });
});

describe('a COMMIT that the server answers with an error', () => {
  beforeAll(async () => {
    await admin.query(`create table once (id int unique deferrable initially deferred)`);
    await admin.query(
      `create function dawdle() returns trigger language plpgsql
         as 'begin perform pg_sleep(10); return null; end'`,
    );
    await admin.query('create table slow (pid int)');
    await admin.query(`create constraint trigger slow after insert on slow deferrable initially deferred
      for each row execute function dawdle()`);
    await admin.query('grant all on once, slow to defter_test');
  });

  it('is refused for certain by a deferred constraint', async () => {
    const twice = db.database.transaction((tx) => tx.query('insert into once values (1), (1)'));
    await expect(twice).rejects.toMatchObject({ code: '23505' });
  });

  it('is unknown when the server was told to stop', async () => {
    const commit = db.database.transaction((tx) => tx.query('insert into slow values (pg_backend_pid())'));
    commit.catch(() => undefined);
    const stop = `select pg_terminate_backend(pid) from pg_stat_activity
      where query = 'commit' and state = 'active' and datname = current_database()`;
    await eventually(async () => expect(await admin.query(stop)).toHaveLength(1));
    await expect(commit).rejects.toThrow(CommitUnknown);
  });
});

describe('the outcome of a transaction', () => {
  it('is waited for while it runs', async () => {
    const open = await admin.connection();
    await open.query('begin');
    const id = await noteTransaction(open);
    await expect(commitOutcome(db.database, id, 100)).resolves.toBe('unknown');
    const outcome = commitOutcome(db.database, id, 10_000);
    await open.query('commit');
    open.release();
    await expect(outcome).resolves.toBe('committed');
  });

  it('is aborted when its id was never given out; another life of the server is not believed', async () => {
    const [, life = ''] = (await admin.transaction((tx) => tx.id())).split('@');
    await expect(commitOutcome(admin, `999999999@${life}`)).resolves.toBe('aborted');
    const [xid = ''] = (await admin.transaction((tx) => tx.id())).split('@');
    await expect(commitOutcome(admin, `${xid}@1.5`)).resolves.toBe('unknown');
  });
});
