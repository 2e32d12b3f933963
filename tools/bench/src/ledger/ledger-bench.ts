import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseUrl, type Stack, startStack } from '@defter/embedded';
import { atLeast, atMost, below, type Figure, notMeasured, reference } from '../figure.js';
import { EffectMeter, percentile } from './effects.js';
import { engineAlone } from './engine-alone.js';
import { checkBooks, untilPublished } from './ledger-checks.js';
import { accountOf, latencies, load, type LoadResult, randomPair, type Target } from './load.js';
import { rebuildOfBalances } from './rebuild-bench.js';
import { bareRows, singleCommits, tpcB } from './references.js';

const LEDGER = 'bench';
const ACCOUNTS = 10_000;
const WARM_UP_REQUESTS = 20_000;

/** How long each part runs; the short one is for a first look and for CI. */
export interface BenchScale {
  readonly seconds: number;
}

/**
 * Measures the ledger over HTTP beside its references, on servers of its own; the figures of `ledger.md` §6.
 */
export const benchLedger = async (
  { seconds }: BenchScale,
  say: (line: string) => void,
): Promise<Figure[]> => {
  const dir = mkdtempSync(join(tmpdir(), 'defter-bench-'));
  say('Starting PostgreSQL, Kafka and one ledger');
  const stack = await startStack({
    dir,
    replicas: { payments: 0, 'webhook-ingress': 0, reconciliation: 0, 'mock-psp': 0 },
    // As deployed: callers in one process, publishing in another, both running all the time.
    roles: { ledger: ['http,grpc', 'worker'] },
    env: { LOG_LEVEL: 'warn', WRITER_QUEUE_LIMIT: '100000' },
    postgresSettings: { shared_buffers: '1GB', max_wal_size: '8GB' },
  });
  try {
    return await measure(stack, seconds, say);
  } finally {
    await stack.stop();
    rmSync(dir, { recursive: true, force: true });
  }
};

const measure = async (stack: Stack, seconds: number, say: (line: string) => void): Promise<Figure[]> => {
  const target: Target = { url: stack.service('ledger').url, token: stack.tenant.apiKey };
  const ledger = new LedgerRun(stack, target, seconds);
  const idleMb = ledger.memoryMb();
  say('References: pgbench TPC-B, bare rows by COPY, single-row commits');
  const t = await tpcB(stack.postgres.url, seconds);
  const c = await bareRows(stack.postgres.url, seconds);
  const commits = await singleCommits(stack.postgres.url, 500 + seconds * 100);
  say('The engine alone');
  const engine = await ledger.engineAlone();
  say('Funding the accounts');
  await ledger.fund();
  say('Warming up');
  await ledger.warmUp();
  say('Single transfers, 256 connections');
  const uniform = await ledger.single(256, () => randomPair(ACCOUNTS));
  say('One hot account');
  const hot = await ledger.single(256, () => [
    accountOf(0),
    accountOf(1 + Math.floor(Math.random() * (ACCOUNTS - 1))),
  ]);
  const loadedMb = ledger.memoryMb();
  say('2,048 connections');
  const many = await ledger.single(2048, () => randomPair(ACCOUNTS));
  say('Commit to effect, at half of the rate');
  const lags = await ledger.effects(uniform.perSecond / 2);
  say('One connection');
  const one = await latencies(target, LEDGER, 500 + seconds * 100, ACCOUNTS);
  ledger.acknowledged += one.length;
  const singles = await checkBooks(databaseUrl(stack.postgres.url, 'ledger', 'migrator'));
  const bytes = singles.bytes / singles.transactions;
  say('Bulk of 1,000');
  const bulk = await ledger.bulk();
  say('Rebuild of balances, while they are read');
  const rebuilt = await rebuildOfBalances(stack, LEDGER, accountOf);
  const books = await checkBooks(databaseUrl(stack.postgres.url, 'ledger', 'migrator'));
  if (books.transactions !== ledger.acknowledged) {
    throw new Error(
      `${ledger.acknowledged} transfers were acknowledged, ${books.transactions} are in the database`,
    );
  }
  return figuresOf({
    rebuilt,
    t,
    c,
    commits,
    one,
    uniform,
    hot,
    many,
    bulk,
    loadedMb,
    idleMb,
    bytes,
    engine,
    lags,
  });
};

interface Measured {
  /** References: TPC-B of pgbench (null where it isn't installed), bare rows, single-row commits in ms. */
  readonly t: number | null;
  readonly c: number;
  readonly commits: readonly number[];
  readonly one: readonly number[];
  readonly uniform: LoadResult;
  readonly hot: LoadResult;
  readonly many: LoadResult;
  readonly bulk: LoadResult;
  readonly loadedMb: number;
  readonly idleMb: number;
  readonly bytes: number;
  readonly rebuilt: Figure;
  readonly engine: { readonly perSecond: number };
  /** Milliseconds from recording to effect. */
  readonly lags: readonly number[];
}

const TRANSFERS = 'transfers/s';

const figuresOf = (run: Measured): Figure[] => {
  const { t, c, uniform } = run;
  const p50 = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 0;
  const rate = (name: string, { perSecond }: LoadResult, against: { reference: number; target: number }) =>
    atLeast(name, perSecond, TRANSFERS, against);
  const single = 'single transfers, 256 connections';
  return [
    t === null
      ? notMeasured('T: pgbench TPC-B', 'reference', 'pgbench is not installed')
      : reference('T: pgbench TPC-B', t, 'tx/s'),
    reference('C: bare rows by COPY', c, TRANSFERS),
    t === null ? notMeasured(single, '≥ 2', 'needs T') : rate(single, uniform, { reference: t, target: 2 }),
    rate('one hot account, 256 connections', run.hot, { reference: uniform.perSecond, target: 0.9 }),
    rate('bulk of 1,000', run.bulk, { reference: c, target: 0.15 }),
    atLeast('engine alone, batches of 1,000', run.engine.perSecond, TRANSFERS, { reference: c, target: 0.2 }),
    atMost('1 connection, p50', p50(run.one), 'ms', { reference: p50(run.commits), target: 3 }),
    rate('2,048 connections', run.many, { reference: uniform.perSecond, target: 0.9 }),
    below('commit to a consumer’s effect, p99', percentile(run.lags, 0.99), 'ms', 250),
    below('memory under load', run.loadedMb, 'MB', 400),
    below('memory idle', run.idleMb, 'MB', 200),
    below('database bytes per transaction', run.bytes, 'bytes', 900),
    run.rebuilt,
    ...LATER.map(([name, goal]) => notMeasured(name, goal, 'see ./defter bench lists')),
  ];
};

const LATER: readonly (readonly [string, string])[] = [['lists at 10 million transactions, p95', '< 50 ms']];

/** The ledger under test, and how many transfers it has acknowledged. */
class LedgerRun {
  acknowledged = 0;
  private rate = 500;

  constructor(
    private readonly stack: Stack,
    private readonly target: Target,
    private readonly seconds: number,
  ) {}

  async fund(): Promise<void> {
    const headers = { authorization: `Bearer ${this.target.token}`, 'content-type': 'application/json' };
    const call = async (path: string, body: unknown): Promise<void> => {
      const response = await fetch(`${this.target.url}/v2/${LEDGER}${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    };
    await call('', {});
    const perBulk = 1000;
    for (let from = 0; from < ACCOUNTS; from += perBulk) {
      const elements = Array.from({ length: perBulk }, (_, index) => ({
        action: 'CREATE_TRANSACTION',
        data: {
          postings: [
            { source: 'world', destination: accountOf(from + index), amount: 1_000_000, asset: 'TRY/2' },
          ],
        },
      }));
      await call('/_bulk', elements);
      this.acknowledged += perBulk;
    }
  }

  /** Nothing else runs beside it; what it wrote is published before anything else is measured. */
  async engineAlone(): Promise<{ readonly perSecond: number }> {
    const { stack, seconds } = this;
    const worker = stack.service('ledger', 1);
    await worker.stop();
    const engine = await engineAlone(stack.postgres.url, { seconds, accounts: ACCOUNTS });
    this.acknowledged += engine.commands;
    await worker.start();
    await untilPublished(databaseUrl(stack.postgres.url, 'ledger', 'migrator'));
    return engine;
  }

  /** Until the program's hot paths are compiled: a service that was just started is measured by nobody. */
  async warmUp(): Promise<void> {
    const pair = () => randomPair(ACCOUNTS);
    const options = { ledger: LEDGER, connections: 256, perRequest: 1, requests: WARM_UP_REQUESTS, pair };
    this.rate = Math.round((await this.send(options)).perSecond);
  }

  /** Warms up for a moment, then sends about as many requests as fit into the time. */
  async single(connections: number, pair: () => readonly [string, string]): Promise<LoadResult> {
    const options = { ledger: LEDGER, connections, perRequest: 1, pair };
    await this.send({ ...options, requests: Math.max(connections, this.rate) });
    const warm = await this.send({ ...options, requests: Math.max(connections, this.rate * 2) });
    this.rate = Math.round(warm.perSecond);
    return this.send({ ...options, requests: Math.max(connections, this.rate * this.seconds) });
  }

  async bulk(): Promise<LoadResult> {
    const options = { ledger: LEDGER, connections: 8, perRequest: 1000, pair: () => randomPair(ACCOUNTS) };
    const warm = await this.send({ ...options, requests: 16 });
    return this.send({
      ...options,
      requests: Math.max(16, Math.round((warm.perSecond / 1000) * this.seconds)),
    });
  }

  /** Lags of a consumer while transfers come at a steady rate. */
  async effects(perSecond: number): Promise<readonly number[]> {
    const { kafka, postgres } = this.stack;
    const meter = await EffectMeter.start(kafka.brokers, postgres.url);
    try {
      const options = { ledger: LEDGER, connections: 64, perRequest: 1, perSecond: Math.round(perSecond) };
      const requests = Math.max(1, Math.round(perSecond * this.seconds));
      const pair = () => randomPair(ACCOUNTS);
      await this.send({ ...options, pair, requests: Math.max(64, Math.round(perSecond)) });
      meter.measure();
      await this.send({ ...options, pair, requests });
    } finally {
      await meter.stop();
    }
    return meter.lags;
  }

  /** Resident memory of the ledger's larger process. */
  memoryMb(): number {
    const pids = [0, 1].map((replica) => this.stack.service('ledger', replica).pid).join();
    const kilobytes = execFileSync('ps', ['-o', 'rss=', '-p', pids], { encoding: 'utf8' });
    return (
      Math.max(
        ...kilobytes
          .trim()
          .split('\n')
          .map((line) => parseInt(line, 10)),
      ) / 1024
    );
  }

  private async send(options: Parameters<typeof load>[1]): Promise<LoadResult> {
    const result = await load(this.target, options);
    this.acknowledged += result.transfers;
    return result;
  }
}

/** Default length of each part. */
export const USUAL: BenchScale = { seconds: 10 };
