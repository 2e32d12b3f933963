import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseUrl, type Stack, startStack } from '@defter/embedded';
import pg from 'pg';
import { below, type Figure, reference } from '../figure.js';
import { memoryBytes, peakOf } from '../memory.js';
import { processorTimeUs } from '../processor-time.js';
import { measureAccuracy } from './accuracy.js';
import { booksOf, expectedFindings } from './two-books.js';
import { runOnce, write } from './run-once.js';

const LIMIT_S = 60;
const LIMIT_MB = 1_500;
const TABLES = ['match', 'batch_match', 'finding', 'finding_change', 'report_line', 'run_residue'];

/**
 * Measures a whole run of the real service over both books, seeded by COPY with a known number of faults,
 * and then the same run again; with `seeds`, its accuracy on so many small books instead. The targets of
 * `reconciliation.md` §4. @throws Error when it found anything
 * but the faults, or the second run added a row
 */
export const benchReconciliation = async (
  { lines, seeds }: { readonly lines: number; readonly seeds: number },
  say: (line: string) => void,
): Promise<Figure[]> => {
  const dir = mkdtempSync(join(tmpdir(), 'defter-bench-'));
  say('Starting PostgreSQL, Kafka, reconciliation and the mock provider');
  const stack = await startStack({
    dir,
    replicas: { ledger: 0, payments: 0, 'webhook-ingress': 0, 'webhook-delivery': 0 },
    env: { LOG_LEVEL: 'info', RUN_WAIT: '1s' },
    postgresSettings: { max_wal_size: '8GB' },
  });
  const url = databaseUrl(stack.postgres.url, 'reconciliation', 'migrator');
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return seeds > 0
      ? await measureAccuracy({ stack, client, seeds }, say)
      : await measure({ stack, client, lines }, say);
  } finally {
    await client.end();
    await stack.stop();
    rmSync(dir, { recursive: true, force: true });
  }
};

interface Place {
  readonly stack: Stack;
  readonly client: pg.Client;
  readonly lines: number;
}

const measure = async ({ stack, client, lines }: Place, say: (line: string) => void): Promise<Figure[]> => {
  const { id: tenantId, connection } = stack.tenant;
  const owner = { tenantId, provider: connection.provider, connectionId: connection.id };
  const us = { ...owner, url: stack.service('reconciliation').url, token: stack.tenant.apiKey };
  const seededAt = performance.now();
  for (const table of booksOf(owner, lines)) await write(client, table);
  say(`Seeded ${lines.toLocaleString('en')} movements on both sides in ${seconds(seededAt).toFixed(1)} s`);
  const postgres = stack.postgres.pid ?? 0;
  const peak = peakOf(() => memoryBytes(postgres), 250);
  const busyBefore = processorTimeUs(postgres);
  const first = await runOnce(us);
  const busy = (processorTimeUs(postgres) - busyBefore) / 1_000_000;
  say(`First run: ${JSON.stringify(first.steps)} ${JSON.stringify(first.run.counts)}`);
  say(`Its statements, ms: ${statementsOf(stack.dir)}`);
  const findings = await expectFindings(client, lines);
  const before = await sizes(client);
  const second = await runOnce(us);
  say(`Second run: ${JSON.stringify(second.steps)}`);
  say(`Its statements, ms: ${statementsOf(stack.dir)}`);
  const memory = peak() / 1_048_576;
  const added = (await sizes(client)) - before;
  if (added !== 0) throw new Error(`The second run added ${added} rows`);
  const { rows } = await client.query<{ mb: number }>(
    `select (temp_bytes / 1048576)::int as mb from pg_stat_database where datname = current_database()`,
  );
  const name = `${lines.toLocaleString('en')} internal × provider lines`;
  return [
    below(`${name}: all passes`, first.steps['matching'] ?? 0, 's', LIMIT_S),
    below('the whole run, with classifying and findings', first.total, 's', LIMIT_S),
    reference('the same: PostgreSQL’s processor time', busy, 's'),
    below('the same run again, which adds 0 rows', second.total, 's', LIMIT_S),
    below('PostgreSQL’s memory at its peak', memory, 'MB', LIMIT_MB),
    reference('temporary files written, both runs', rows[0]?.mb ?? 0, 'MB'),
    reference('findings, each an injected fault', findings, 'findings'),
  ];
};

/** How long each part of the last run took, as the service has logged it. */
const statementsOf = (dir: string): string => {
  const logs = join(dir, 'logs');
  const names = readdirSync(logs).filter((name) => name.startsWith('reconciliation'));
  const lines = names.flatMap((name) => readFileSync(join(logs, name), 'utf8').split('\n'));
  return ['Matching took', 'Classifying took']
    .map((message) => lines.findLast((line) => line.includes(message)))
    .map((line) => (line === undefined ? 'not logged' : JSON.stringify((JSON.parse(line) as Logged).ms)))
    .join(' ');
};

interface Logged {
  readonly ms: Readonly<Record<string, number>>;
}

const seconds = (since: number): number => (performance.now() - since) / 1_000;

const expectFindings = async (client: pg.Client, lines: number): Promise<number> => {
  const { rows } = await client.query<{ type: string; n: number }>(
    'select finding_type as type, count(*)::int as n from finding group by 1',
  );
  const found = Object.fromEntries(rows.map(({ type, n }) => [type, n]));
  const expected = expectedFindings(lines);
  for (const type of new Set([...Object.keys(found), ...Object.keys(expected)])) {
    if (found[type] === expected[type]) continue;
    throw new Error(`${type}: found ${found[type] ?? 0}, injected ${expected[type] ?? 0}`);
  }
  return rows.reduce((sum, { n }) => sum + n, 0);
};

const sizes = async (client: pg.Client): Promise<number> => {
  const counts = TABLES.map((table) => `(select count(*) from ${table})`).join(' + ');
  const { rows } = await client.query<{ n: string }>(`select ${counts} as n`);
  return parseInt(rows[0]?.n ?? '0', 10);
};
