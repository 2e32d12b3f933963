import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseUrl, type Stack, startStack } from '@defter/embedded';
import { atLeast, below, type Figure, notMeasured, reference } from '../figure.js';
import { processorTimeUs } from '../processor-time.js';
import { Flood, type FloodResult } from './flood.js';
import { sendPaced } from './paced-load.js';
import { signedWebhook, withDuplicates } from './signed-webhooks.js';
import { singleInserts } from './single-inserts.js';
import { expectAllStored } from './stored.js';
import { sendWebhooks, type WebhookLoad } from './webhook-load.js';

const CONNECTIONS = 64;
const WARM_UP = 5_000;
const DURING_FLOOD = 10_000;
const DUPLICATES = 0.3;
const FLOOD_SOCKETS = 32;

/**
 * Measures the webhook ingress beside single-row inserts on the same server, and what a flood of unsigned
 * requests does to signed ones; the targets of `payments.md` §5.
 */
export const benchWebhooks = async (
  { seconds }: { readonly seconds: number },
  say: (line: string) => void,
): Promise<Figure[]> => {
  const dir = mkdtempSync(join(tmpdir(), 'defter-bench-'));
  say('Starting PostgreSQL, Kafka and one ingress');
  const stack = await startStack({
    dir,
    replicas: { ledger: 0, payments: 0, reconciliation: 0, 'mock-psp': 0 },
    // As deployed: providers' requests in one process, publishing in another, both running all the time.
    roles: { 'webhook-ingress': ['http', 'worker'] },
    env: { LOG_LEVEL: 'warn' },
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
  const { signingKey, webhookPath } = stack.tenant.connection;
  const { secret } = signingKey;
  const url = `${stack.service('webhook-ingress').url}${webhookPath}`;
  const many = (count: number) =>
    Array.from({ length: Math.max(CONNECTIONS, count) }, () => signedWebhook(secret));
  say('Reference: pgbench, single-row inserts of 32 clients');
  const inserts = await singleInserts(stack.postgres.url, seconds);
  say('Warming up');
  await sendWebhooks(url, many(WARM_UP), { connections: CONNECTIONS });
  const warm = await sendWebhooks(url, many(WARM_UP), { connections: CONNECTIONS });
  say('Signed webhooks, as fast as they are taken');
  const webhooks = many(Math.round(warm.perSecond * seconds));
  const before = processorTimes(stack);
  const fast = await sendWebhooks(url, webhooks, { connections: CONNECTIONS });
  const after = processorTimes(stack);
  const costs = after.map(
    ([name, us], index) => [name, (us - (before[index]?.[1] ?? 0)) / webhooks.length] as const,
  );
  say('At half of that rate');
  const perSecond = fast.perSecond / 2;
  const half = await sendPaced(url, many(Math.round(perSecond * seconds)), { connections: 32, perSecond });
  say('10,000 with 30 % duplicates, without and with a flood of unsigned ones');
  const calm = await flooded(stack, url, { perSecond, sockets: 0 });
  const flood = await flooded(stack, url, { perSecond, sockets: FLOOD_SOCKETS });
  return figuresOf({ inserts, fast, half, calm, flood, costs });
};

/** Processor time so far of each process that takes part, in microseconds. */
const processorTimes = (stack: Stack): (readonly [name: string, us: number])[] => [
  ['ingress http', processorTimeUs(stack.service('webhook-ingress').pid ?? 0)],
  ['ingress worker', processorTimeUs(stack.service('webhook-ingress', 1).pid ?? 0)],
  ['PostgreSQL', processorTimeUs(stack.postgres.pid ?? 0)],
];

interface Flooded extends WebhookLoad {
  readonly distinct: number;
  readonly heard: FloodResult | undefined;
}

const flooded = async (
  stack: Stack,
  url: string,
  { perSecond, sockets }: { readonly perSecond: number; readonly sockets: number },
): Promise<Flooded> => {
  const webhooks = withDuplicates(stack.tenant.connection.signingKey.secret, DURING_FLOOD, DUPLICATES);
  const flood = sockets > 0 ? Flood.start(url, sockets) : undefined;
  let heard: FloodResult | undefined;
  let load: WebhookLoad;
  try {
    load = await sendPaced(url, webhooks, { connections: 32, perSecond });
  } finally {
    heard = await flood?.stop();
  }
  const ids = new Set(webhooks.map(({ id }) => id));
  await expectAllStored(databaseUrl(stack.postgres.url, 'webhook_ingress', 'migrator'), ids);
  return { ...load, distinct: ids.size, heard };
};

interface Measured {
  readonly inserts: number | null;
  readonly fast: WebhookLoad;
  readonly half: WebhookLoad;
  readonly calm: Flooded;
  readonly flood: Flooded;
  readonly costs: readonly (readonly [name: string, us: number])[];
}

const figuresOf = ({ inserts, fast, half, calm, flood, costs }: Measured): Figure[] => {
  const signed = `signed webhooks, ${CONNECTIONS} connections`;
  const target = 0.4;
  return [
    ...(inserts === null
      ? [notMeasured(signed, `≥ ${target}`, 'pgbench is not installed')]
      : [
          reference('pgbench, single-row inserts, 32 clients', inserts, 'rows/s'),
          atLeast(signed, fast.perSecond, 'webhooks/s', { reference: inserts, target }),
        ]),
    ...costs.map(([name, us]) => reference(`processor time of a webhook: ${name}`, us, 'µs')),
    below('p99 at half of that rate', half.p99, 'ms', 50),
    reference('10,000 with 30 % duplicates: p99', calm.p99, 'ms'),
    below('the same while a flood runs: p99', flood.p99, 'ms', 50),
    reference('the same: rate of signed ones', flood.perSecond, 'webhooks/s'),
    reference('the same: distinct, each stored once and published', flood.distinct, 'webhooks'),
    reference('the flood: answered', flood.heard?.perSecond ?? 0, 'requests/s'),
  ];
};
