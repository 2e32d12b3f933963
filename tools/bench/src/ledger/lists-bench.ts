import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseUrl, startStack, type Stack } from '@defter/embedded';
import { seedLedger } from '@defter/testing';
import pg from 'pg';
import { below, type Figure } from '../figure.js';
import { LIST_QUESTIONS, type ListQuestion, type SeededSize } from './lists-questions.js';

const LEDGER = 'lists';
const LIMIT_MS = 50;
const WARM_UP = 10;

/** How much is seeded, and how long each list is asked. */
export interface ListsScale {
  readonly seconds: number;
  readonly transactions: number;
}

/**
 * Measures every list over HTTP on a seeded ledger: one caller, other values in each request, so that p95
 * says what a page costs and not what a queue costs.
 */
export const benchLists = async (scale: ListsScale, say: (line: string) => void): Promise<Figure[]> => {
  const dir = mkdtempSync(join(tmpdir(), 'defter-lists-'));
  say('Starting PostgreSQL, Kafka and one ledger');
  const stack = await startStack({
    dir,
    replicas: { payments: 0, 'webhook-ingress': 0, reconciliation: 0, 'mock-psp': 0 },
    // No worker: it would put proofs over millions of seeded events, which no ledger gets at once.
    roles: { ledger: ['http,grpc'] },
    env: { LOG_LEVEL: 'warn' },
    postgresSettings: { shared_buffers: '1GB', max_wal_size: '8GB' },
  });
  try {
    const size = await seed(stack, scale, say);
    const figures: Figure[] = [];
    for (const question of LIST_QUESTIONS) {
      say(question.name);
      figures.push(await measured(stack, question, { size, ms: (scale.seconds * 1_000) / 10 }));
    }
    return figures;
  } finally {
    await stack.stop();
    rmSync(dir, { recursive: true, force: true });
  }
};

const seed = async (
  stack: Stack,
  { transactions }: ListsScale,
  say: (line: string) => void,
): Promise<SeededSize> => {
  await expectOk(await call(stack, 'POST', ''));
  const url = databaseUrl(stack.postgres.url, 'ledger', 'migrator');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ ledger_id: number }>('select ledger_id from ledger where name = $1', [
    LEDGER,
  ]);
  await client.end();
  const accounts = Math.min(100_000, Math.ceil(transactions / 20));
  const startedAt = Date.now();
  let shown = 0;
  const onProgress = (written: number): void => {
    if (written - shown < transactions / 10) return;
    shown = written;
    say(`${written.toLocaleString('en')} of ${transactions.toLocaleString('en')} transactions`);
  };
  await seedLedger({ url, ledgerId: rows[0]?.ledger_id ?? 0, transactions, accounts, onProgress });
  say(`Seeded in ${Math.round((Date.now() - startedAt) / 1_000)} s`);
  return { transactions, accounts };
};

const measured = async (
  stack: Stack,
  { name, method = 'GET', path }: ListQuestion,
  { size, ms }: { readonly size: SeededSize; readonly ms: number },
): Promise<Figure> => {
  const times: number[] = [];
  const until = performance.now() + ms;
  for (let turn = 0; turn < WARM_UP + 50 || performance.now() < until; turn++) {
    const startedAt = performance.now();
    await expectOk(await call(stack, method, path(size)));
    if (turn >= WARM_UP) times.push(performance.now() - startedAt);
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  return below(`${name}: p95 (p50 ${at(0.5).toFixed(1)} ms)`, at(0.95), 'ms', LIMIT_MS);
};

const call = (stack: Stack, method: string, path: string): Promise<Response> =>
  fetch(`${stack.service('ledger').url}/v2/${LEDGER}${path}`, {
    method,
    headers: { authorization: `Bearer ${stack.tenant.apiKey}`, 'content-type': 'application/json' },
    ...(method === 'POST' ? { body: '{}' } : {}),
  });

const expectOk = async (response: Response): Promise<void> => {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${text}`);
};
