import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import pg from 'pg';

const run = promisify(execFile);

/**
 * T: TPC-B transactions a second of pgbench (scale 50, 32 clients) on the same server; null where pgbench is
 * missing.
 */
export const tpcB = async (adminUrl: string, seconds: number): Promise<number | null> => {
  const url = await newDatabase(adminUrl, 'bench_tpcb');
  try {
    await run('pgbench', ['--initialize', '--quiet', '--scale=50', url]);
    const { stdout } = await run('pgbench', [
      '--client=32',
      '--jobs=2',
      `--time=${seconds}`,
      '--no-vacuum',
      '--protocol=prepared',
      url,
    ]);
    const tps = /tps = ([\d.]+)/.exec(stdout)?.[1];
    return tps === undefined ? null : parseFloat(tps);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

const COPY_TABLES = `
create table event (ledger_id int, sequence bigint, key text, payload json,
  recorded_at timestamptz default now(),
  primary key (ledger_id, sequence));
create unique index on event (ledger_id, key);
create table entry (ledger_id int, sequence bigint, side smallint, account text, asset text, amount numeric,
  primary key (ledger_id, sequence, side));`;

const TRANSFERS_PER_COMMIT = 1_000;

/**
 * C: the rows of a transfer (an event with a random unique key, two entries) by multi-row COPY-like writes,
 * no logic.
 */
export const bareRows = async (adminUrl: string, seconds: number): Promise<number> => {
  const url = await newDatabase(adminUrl, 'bench_copy');
  const setUp = new pg.Client({ connectionString: url });
  await setUp.connect();
  await setUp.query(COPY_TABLES);
  await setUp.end();
  const until = performance.now() + seconds * 1000;
  const startedAt = performance.now();
  const counts = await Promise.all([1, 2].map((ledger) => copyUntil(url, ledger, until)));
  const elapsedS = (performance.now() - startedAt) / 1000;
  return counts.reduce((sum, count) => sum + count, 0) / elapsedS;
};

const copyUntil = async (url: string, ledger: number, until: number): Promise<number> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  let sequence = 0;
  try {
    while (performance.now() < until) {
      const events: string[] = [];
      const entries: string[] = [];
      for (let index = 0; index < TRANSFERS_PER_COMMIT; index++) {
        sequence += 1;
        const payload = { transaction: { id: sequence, postings: [['bench:1', 'bench:2', 'TRY/2', '1']] } };
        events.push(`${ledger}\t${sequence}\t${randomUUID()}\t${JSON.stringify(payload)}`);
        entries.push(
          `${ledger}\t${sequence}\t0\tbench:1\tTRY/2\t-1`,
          `${ledger}\t${sequence}\t1\tbench:2\tTRY/2\t1`,
        );
      }
      await client.query('begin');
      await copy(client, 'copy event (ledger_id, sequence, key, payload) from stdin', events);
      await copy(client, 'copy entry from stdin', entries);
      await client.query('commit');
    }
  } finally {
    await client.end();
  }
  return sequence;
};

const copy = async (client: pg.Client, sql: string, lines: readonly string[]): Promise<void> => {
  const { from } = await import('pg-copy-streams');
  const stream = client.query(from(sql));
  await new Promise<void>((resolve, reject) => {
    stream.on('finish', resolve).on('error', reject);
    stream.end(`${lines.join('\n')}\n`);
  });
};

/** Milliseconds of one single-row commit on one connection, sorted. */
export const singleCommits = async (adminUrl: string, count: number): Promise<number[]> => {
  const client = new pg.Client({ connectionString: await newDatabase(adminUrl, 'bench_commit') });
  await client.connect();
  try {
    await client.query('create table single (id bigint primary key, payload text)');
    const measured: number[] = [];
    for (let index = 0; index < count; index++) {
      const startedAt = performance.now();
      await client.query({
        name: 'single',
        text: 'insert into single values ($1, $2)',
        values: [index, 'x'.repeat(200)],
      });
      measured.push(performance.now() - startedAt);
    }
    return measured.sort((a, b) => a - b);
  } finally {
    await client.end();
  }
};

/** An empty database of that name; one of before is dropped. */
export const newDatabase = async (adminUrl: string, name: string): Promise<string> => {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`drop database if exists ${name}`);
  await admin.query(`create database ${name}`);
  await admin.end();
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
};
