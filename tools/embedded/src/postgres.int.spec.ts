import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startPostgres, type PostgresServer } from './postgres.js';
import { identify } from './process-identity.js';
import { printedBeforeCrash } from './testing/crashing-parent.js';
import { scratchFolder } from './testing/scratch-folder.js';
import { processOf } from './testing/server-process.js';
import { unprivilegedUser } from './system-user.js';
import { until } from './testing/until.js';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the embedded PostgreSQL', () => {
  const dir = scratchFolder();
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres({ dir });
    await query(server.url, 'create table kept (id int primary key)');
  });
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is durable, and listens on loopback only', async () => {
    const sql = `select name, setting from pg_settings
      where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses') order by name`;
    expect(await query(server.url, sql)).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'listen_addresses', setting: '127.0.0.1' },
      { name: 'synchronous_commit', setting: 'on' },
    ]);
  });

  it('keeps what was committed through kill -9, and its address', async () => {
    const { url } = server;
    for (let id = 1; id <= 5; id += 1) {
      await query(url, `insert into kept values (${id})`);
      await server.kill();
      expect(identify(server.pid)).toBeUndefined();
      await server.start();
    }
    expect(server.url).toBe(url);
    expect(await query(url, 'select count(*)::int as n from kept')).toEqual([{ n: 5 }]);
  });

  it('starts over a lock file that names a stranger', async () => {
    await server.kill();
    // The number was given to another process of the same user after the crash.
    const user = unprivilegedUser();
    const stranger = spawn('sleep', ['60'], user === undefined ? {} : { uid: user.uid, gid: user.gid });
    try {
      await once(stranger, 'spawn');
      writeFileSync(join(dir, 'data/postmaster.pid'), `${stranger.pid}\n${join(dir, 'data')}\n0\n0\n\n`);
      await server.start();
    } finally {
      stranger.kill('SIGKILL');
    }
    expect(await query(server.url, 'select count(*)::int as n from kept')).toEqual([{ n: 5 }]);
  });

  it('says who holds a port, and how to choose another', async () => {
    const other = join(dir, 'other');
    const pid = await processOf(server, join(dir, 'postgres.pid'));
    const holder = `process ${pid} (postgres). End that process, or shift`;
    const remedy = `Port ${server.port}, which PostgreSQL needs, is used by ${holder}`;
    await expect(startPostgres({ dir: other, port: server.port })).rejects.toThrow(remedy);
  });

  it('is not started twice in one folder', async () => {
    await expect(startPostgres({ dir })).rejects.toThrow(`already runs here as process ${server.pid}`);
  });

  it('takes no room once its folder is gone', async () => {
    const one = scratchFolder();
    const first = await startPostgres({ dir: join(one, 'postgres') });
    const data = realpathSync(join(one, 'postgres/data'));
    await first.stop();
    rmSync(one, { recursive: true });
    // What lay outside, because root's private folder is closed to PostgreSQL's user, goes with the next
    // start.
    const two = scratchFolder();
    await (await startPostgres({ dir: join(two, 'postgres') })).stop();
    expect(existsSync(data)).toBe(false);
    rmSync(two, { recursive: true });
  });

  it('ends with the process that started it, however that ends', async () => {
    const other = join(dir, 'orphan');
    const options = JSON.stringify({ dir: other });
    const start = `const { pid } = await embedded.startPostgres(${options}); console.log(pid)`;
    const pid = parseInt(await printedBeforeCrash(start), 10);
    await until(() => identify(pid) === undefined);
    const again = await startPostgres({ dir: other });
    expect(await query(again.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await again.stop();
  });
});
