import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mockPsp } from '@defter/provider-mock-psp';
import { eventually, testBroker } from '@defter/testing';
import { crashPoints, type CrashPoint } from '../crash-points.js';
import { statementXml } from '../testing/bank.js';
import { netOf } from '../testing/book.js';
import { faultyBook } from '../testing/faults.js';
import { runExecution } from '../roles.js';
import { Stand } from '../testing/stand.js';

/** The service as it was built: a process has no TypeScript. `nx run reconciliation:int` builds first. */
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

jest.setTimeout(300_000);

/** Without what events raised: other projects' tests send theirs to the same broker at the same time. */
const TABLES = `
  select 'match' as what, m.line_key || ' ' || operation_id || ' ' || leg || ' ' || pass || ' '
    || explanation as row from match m
  union all select 'batch', line_key || ' ' || batch_ref || ' ' || part || ' ' || explanation from batch_match
  union all select 'finding', id || ' ' || status || ' ' || severity || ' ' || message || ' '
    || version from finding where origin <> 'event'
  union all select 'change', c.finding_id || ' ' || c.version || ' ' || c.status from finding_change c
    join finding f on f.tenant_id = c.tenant_id and f.id = c.finding_id where f.origin <> 'event'
  union all select 'line', file_id || ' ' || line_number || ' ' || line_hash from report_line
  union all select 'booking', file_id || ' ' || line_number || ' ' || line_hash from bank_line
  union all select 'residue', run_id from run_residue
  union all select 'told', observation_id || ' ' || operation_id || ' ' || leg || ' ' || result
    from told_observation
  union all select 'sent', message_id || ' ' || key from outbox
    where topic = 'defter.reconciliation.observations.v1'
  order by 1, 2`;

const book = faultyBook(7, 150);
const businessOn = '2026-01-31';
const paid = book.lines
  .filter(({ currency }) => currency === 'TRY')
  .reduce((sum, line) => sum + netOf(line), 0n);
const statement = statementXml('s1', [
  { amount: paid - 1n, on: '2026-02-01', text: `SETTLEMENT ${businessOn}` },
]);

let provider: Server;
let env: Record<string, string>;
beforeAll(async () => {
  if (!existsSync(main)) throw new Error('Build first: npx nx run reconciliation:build');
  provider = createServer(({ url }, response) => {
    const [list, name] = url === '/v1/statements' ? ['xml', 'statement'] : ['csv', 'settlement'];
    if (url === '/v1/settlements' || url === '/v1/statements') {
      const file = { id: `${name}-${businessOn}`, date: businessOn, file: `${businessOn}.${list}` };
      return response.end(JSON.stringify({ data: [file] }));
    }
    response.end(url?.endsWith('.xml') === true ? statement : book.text(businessOn));
  }).listen(0, '127.0.0.1');
  await once(provider, 'listening');
  const { port } = provider.address() as AddressInfo;
  const brokers = await testBroker();
  env = {
    MOCK_PSP_URL: `http://127.0.0.1:${port}`,
    KAFKA_BROKERS: brokers.join(),
    RUN_LEASE: '1s',
    LEDGER_GRPC_URL: '127.0.0.1:1',
  };
});
afterAll(() => void provider.close());

/** A process of the service beside the stand, on its database. */
function processOf(stand: Stand, role: string, crashPoint?: string): ChildProcess {
  const crash = crashPoint === undefined ? {} : { DEFTER_CRASH_POINT: crashPoint };
  const variables = { PATH: process.env['PATH'], ...stand.env, ...env, ...crash, LOG_LEVEL: 'info' };
  return spawn(process.execPath, [main, role], { env: variables, stdio: 'pipe' });
}

async function untilKilled(child: ChildProcess): Promise<void> {
  let said = '';
  child.stdout?.on('data', (text: Buffer) => (said += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (said += text.toString()));
  if (child.signalCode === null && child.exitCode === null) await once(child, 'exit');
  if (child.signalCode !== 'SIGKILL') throw new Error(`it ended by itself: ${said}`);
}

/** What carries a run on in this process, with the provider that the other processes ask. */
const takeOver = (stand: Stand): Promise<unknown> => {
  const source = { provider: mockPsp, baseUrl: env['MOCK_PSP_URL'] ?? '' };
  return stand.add(['http'], runExecution, source);
};

/** Another process, which also publishes what is left unpublished. */
async function publishedBy(stand: Stand, work: () => Promise<void>): Promise<void> {
  const child = processOf(stand, 'worker');
  try {
    await work();
    await eventually(
      async () => {
        const unpublished = 'select from outbox where published_at is null';
        expect(await stand.database.database.query(unpublished)).toEqual([]);
      },
      { timeoutMs: 120_000 },
    );
    child.kill('SIGTERM');
    await once(child, 'exit');
  } finally {
    child.kill('SIGKILL');
  }
}

/** What a run on a database of its own leaves behind, whose first worker dies at the point. */
async function resultOf(point?: string): Promise<string[]> {
  const stand = await Stand.start({ providers: [], env });
  try {
    await stand.know(book.events(), book.ledger);
    const body = { provider: 'mock-psp', connection_id: 'c_one', as_of: '2026-02-10T09:00:00Z' };
    const { body: run } = await stand.call('POST', '/run', { body });
    const completed = (): Promise<void> =>
      eventually(
        async () => {
          const { body: now } = await stand.call('GET', `/runs/${String(run['id'])}`);
          expect(now).toMatchObject({ status: 'completed' });
        },
        { timeoutMs: 120_000 },
      );
    if (point !== undefined) await untilKilled(processOf(stand, 'worker', point));
    if (point?.startsWith('outbox.') === true) await publishedBy(stand, completed);
    else await takeOver(stand).then(completed);
    const rows = await stand.database.database.query<{ what: string; row: string }>(TABLES);
    return rows.map(({ what, row }) => `${what} ${row}`);
  } finally {
    await stand.stop();
  }
}

/** A request that hands a file in to a process that dies at the point; then the same one again. */
async function handedInTwice(point: CrashPoint): Promise<{ status: number; lines: number[] }> {
  const stand = await Stand.start({ providers: [] });
  try {
    const child = processOf(stand, 'http', point);
    const url = await new Promise<string>((resolve) => {
      let said = '';
      child.stdout?.on('data', (text: Buffer) => {
        said += text.toString();
        const found = /"url":"(http:[^"]+)"/.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
    });
    const query = 'provider=mock-psp&connection_id=c_one&format=camt053&name=s1.xml';
    const headers = { authorization: `Bearer ${stand.tokens.one}`, 'content-type': 'text/plain' };
    const sent = fetch(`${url}/api/v1/payments/reconciliation/files?${query}`, {
      ...{ method: 'POST', headers, body: statement },
    });
    await expect(sent).rejects.toThrow();
    await untilKilled(child);
    const lines = async () => (await stand.database.database.query('select from bank_line')).length;
    const before = await lines();
    const { status } = await stand.handIn('camt053', 's1.xml', statement);
    return { status, lines: [before, await lines()] };
  } finally {
    await stand.stop();
  }
}

/**
 * So many stories at a time: most of one is a process that starts, and that keeps a processor busy. Each ends
 * in a test of its own.
 */
const WIDTH = 3;
const atOnce = <T>(work: (point: string) => Promise<T>, points: readonly string[]) => {
  const endings = new Map<string, Promise<T>>();
  beforeAll(async () => {
    const waiting = [...points];
    const worker = async (): Promise<void> => {
      for (let point = waiting.shift(); point !== undefined; point = waiting.shift()) {
        const ending = work(point);
        endings.set(point, ending);
        // How it ended is its test's to say.
        await ending.catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: WIDTH }, worker));
  });
  return (point: string): Promise<T> => endings.get(point) ?? Promise.reject(new Error(`${point} never ran`));
};

describe('kill -9 of a real process', () => {
  const ofRuns: readonly string[] = crashPoints.filter(
    (point) => !/^(?:file|job|proposal|correction)\./.test(point),
  );
  const points = [...ofRuns, 'ingest.after-store:2', 'match.after-pass:5'];
  const after = atOnce(resultOf, points);
  let calm: string[];
  beforeAll(async () => {
    calm = await resultOf();
    expect(calm.length).toBeGreaterThan(300);
  });
  for (const point of points) {
    it(`at ${point}: the same result as without`, async () => {
      expect(await after(point)).toEqual(calm);
    });
  }
});

describe('kill -9 while a file is taken in', () => {
  const points = ['file.after-part', 'file.after-store', 'file.after-commit'] as const satisfies CrashPoint[];
  const after = atOnce((point) => handedInTwice(point as CrashPoint), points);
  for (const point of points) {
    it(`at ${point}: the file is whole or not there, and handing it in again adds it once`, async () => {
      const left = point === 'file.after-commit' ? 1 : 0;
      expect(await after(point)).toEqual({ status: 200, lines: [left, 1] });
    });
  }
});
