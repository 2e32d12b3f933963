import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { newDatabase } from '../ledger/references.js';

const run = promisify(execFile);
/** About what a webhook's body is. */
const payload = 'x'.repeat(250);

/** Single-row inserts a second of pgbench, 32 clients, each its own commit; null where pgbench is missing. */
export const singleInserts = async (adminUrl: string, seconds: number): Promise<number | null> => {
  const url = await newDatabase(adminUrl, 'bench_inserts');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create table single (id bigint generated always as identity primary key, payload text,
    received_at timestamptz default now())`);
  await client.end();
  const folder = mkdtempSync(join(tmpdir(), 'defter-inserts-'));
  try {
    const script = join(folder, 'insert.sql');
    writeFileSync(script, `insert into single (payload) values ('${payload}');\n`);
    const options = ['--client=32', '--jobs=2', `--time=${seconds}`, '--no-vacuum', '--protocol=prepared'];
    const { stdout } = await run('pgbench', [...options, `--file=${script}`, url]);
    const tps = /tps = ([\d.]+)/.exec(stdout)?.[1];
    return tps === undefined ? null : parseFloat(tps);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
