import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { CrashPoint } from './crash-points.js';
import { DeliveryStand, TENANT } from './testing/delivery-stand.js';
import { eventually } from './testing/eventually.js';
import { answering, Receiver } from './testing/receiver.js';

/** The service as it was built: a process has no TypeScript. `nx run webhook-delivery:int` builds first. */
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

jest.setTimeout(180_000);

let stand: DeliveryStand;
let receiver: Receiver;
beforeAll(async () => {
  if (!existsSync(main)) throw new Error('Build first: npx nx run webhook-delivery:build');
  // A lease that doesn't run out by itself: the tests say when, so that one dead worker doesn't meet another.
  const env = { DELIVERY_LEASE: '1h', RETRY_LADDER: Array.from({ length: 9 }, () => '0ms').join(',') };
  [stand, receiver] = await Promise.all([DeliveryStand.start(['http'], env), Receiver.start()]);
});
afterAll(async () => {
  await stand.stop();
  await receiver.stop();
});

/** A worker as a process of its own. */
function worker(crashPoint?: CrashPoint): ChildProcess {
  const crash = crashPoint === undefined ? {} : { DEFTER_CRASH_POINT: crashPoint };
  const env = { PATH: process.env['PATH'], ...stand.env, ...crash };
  return spawn(process.execPath, [main, 'worker'], { env, stdio: 'ignore' });
}

async function untilKilled(child: ChildProcess): Promise<void> {
  if (child.signalCode === null && child.exitCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
}

/** Runs a worker that lives, until the work is done. */
async function withWorker(work: () => Promise<unknown>): Promise<void> {
  const child = worker();
  try {
    await work();
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

const leasesRunOut = () => stand.rows(`update webhook_delivery set due_at = now() where state = 'sending'`);

it('kill -9 at each point around a request loses nothing: the message comes again under its id', async () => {
  const points = ['after-lease', 'before-send', 'after-send', 'after-record'] as const;
  for (const point of points) {
    const { id } = await stand.endpoint(`${receiver.url}/${point}`);
    expect((await stand.call('POST', `/v1/webhook_endpoints/${id}/test`)).status).toBe(202);
    await untilKilled(worker(`delivery.${point}`));
  }
  // And from outside: while the receiver has the request in its hands.
  const { id } = await stand.endpoint(`${receiver.url}/in-hands`);
  await stand.call('POST', `/v1/webhook_endpoints/${id}/test`);
  const child = worker();
  receiver.paths.set('/in-hands', () => child.kill('SIGKILL'));
  await untilKilled(child);
  receiver.paths.set('/in-hands', answering(200));
  expect(await stand.rows(`select from webhook_delivery where state = 'sending'`)).toHaveLength(4);
  await leasesRunOut();
  await withWorker(() =>
    eventually(async () => {
      const open = await stand.rows(`select from webhook_delivery where state <> 'delivered'`);
      expect(open).toEqual([]);
    }),
  );
  const requests = [...points, 'in-hands'].map((path) => receiver.at(`/${path}`));
  expect(requests.map((seen) => seen.length)).toEqual([1, 1, 2, 1, 2]);
  for (const seen of requests)
    expect(new Set(seen.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size).toBe(1);
});

it('kill -9 in a replay repeats nothing and leaves nothing out', async () => {
  const { id } = await stand.endpoint(`${receiver.url}/replay`);
  await stand.rows(
    `insert into webhook_message (tenant_id, id, source, source_event_id, type, body, occurred_at)
     select $1, 'msg_' || n, 'here', n, 'a.b', '{}', now() from generate_series(1, 5) n`,
    [TENANT],
  );
  const body = { from: '2020-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z', rate_per_second: 2 };
  const started = await stand.call('POST', `/v1/webhook_endpoints/${id}/replays`, { body });
  expect(started.status).toBe(202);
  await untilKilled(worker('replay.after-page'));
  await withWorker(() =>
    eventually(async () => {
      const { body: replay } = await stand.call('GET', `/v1/webhook_replays/${started.body.id}`);
      expect(replay).toMatchObject({ state: 'done', queued: 5 });
      await leasesRunOut();
      const open = await stand.rows(`select from webhook_delivery where state <> 'delivered'`);
      expect(open).toEqual([]);
    }),
  );
  const ids = receiver.at('/replay').map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(5);
});

describe('a delivery that takes every worker with it', () => {
  it('ends when it has had as many leases as the ladder has attempts', async () => {
    const { id } = await stand.endpoint(`${receiver.url}/poison`);
    await stand.call('POST', `/v1/webhook_endpoints/${id}/test`);
    await stand.rows(
      `update webhook_delivery set state = 'sending', tries = 9, lease_number = 9, due_at = now()
        where endpoint_id = $1`,
      [id],
    );
    await withWorker(() =>
      eventually(async () => {
        const rows = await stand.rows('select state, reason from webhook_delivery where endpoint_id = $1', [
          id,
        ]);
        expect(rows).toEqual([{ state: 'dead', reason: 'worker_died' }]);
      }),
    );
    expect(receiver.at('/poison')).toEqual([]);
  });
});
