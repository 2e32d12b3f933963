/** kill -9 of a real process at each named point: a correction is booked once, or not at all. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { FindingDetail } from '@defter/reconciliation-contracts';
import { testBroker } from '@defter/testing';
import type { CrashPoint } from '../crash-points.js';
import { runExecution } from '../roles.js';
import { adjustment, CorrectionStand, DIFFERENCE, openOf } from '../testing/correction-stand.js';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
jest.setTimeout(300_000);

let provider: Server;
let env: Record<string, string>;
let stand: CorrectionStand;
beforeAll(async () => {
  if (!existsSync(main)) throw new Error('Build first: npx nx run reconciliation:build');
  provider = createServer(({ url }, response) => {
    const file = { id: 'settlement-2026-01-31', date: '2026-01-31', file: 'report.csv' };
    if (url === '/v1/settlements') return response.end(JSON.stringify({ data: [file] }));
    if (url === '/v1/statements') return response.end(JSON.stringify({ data: [] }));
    response.end(stand.book.text());
  }).listen(0, '127.0.0.1');
  await once(provider, 'listening');
  const { port } = provider.address() as AddressInfo;
  const brokers = await testBroker();
  env = { MOCK_PSP_URL: `http://127.0.0.1:${port}`, KAFKA_BROKERS: brokers.join(), RUN_LEASE: '1s' };
  stand = await CorrectionStand.start(20, { providers: runExecution, env });
  // The processes beside it have the system's clock.
  stand.stand.clock.advance(Date.now() - stand.stand.clock.now().getTime());
  await stand.stand.reconcile();
});
afterAll(async () => {
  await stand.stop();
  provider.close();
});

/** A process of the service beside the stand, on its database. */
function processOf(role: string, crashPoint?: string): ChildProcess {
  const crash = crashPoint === undefined ? {} : { DEFTER_CRASH_POINT: crashPoint };
  const variables = { PATH: process.env['PATH'], ...stand.stand.env, ...env, ...crash, LOG_LEVEL: 'info' };
  return spawn(process.execPath, [main, role], { env: variables, stdio: 'pipe' });
}

async function untilKilled(child: ChildProcess): Promise<void> {
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text: Buffer) => (said += text.toString()));
  if (child.signalCode === null && child.exitCode === null) await once(child, 'exit');
  if (child.signalCode !== 'SIGKILL') throw new Error(`it ended by itself: ${said}`);
}

/** A worker does the rest; then the correction is there once, on both sides. */
async function bookedOnce(id: string, index: number): Promise<void> {
  const worker = processOf('worker');
  try {
    const finding = await stand.until(id, 'booked');
    expect(finding).toMatchObject({ status: 'resolved', corrected_minor: `${DIFFERENCE}` });
    const [transaction, ...more] = await stand.booked(id);
    expect(more).toEqual([]);
    expect(openOf(finding).transaction_id).toBe(`${transaction?.id}`);
    expect(await stand.wallet(index)).toBe(1_000 + DIFFERENCE);
    const types = finding.history.map(({ event }) => (event as { type: string }).type);
    expect(types.filter((type) => type === 'FindingCorrected')).toHaveLength(1);
  } finally {
    worker.kill('SIGTERM');
    if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'exit');
  }
}

describe('kill -9 of the worker', () => {
  const points = [
    ...(['correction.after-look', 'correction.before-begin', 'correction.after-begin'] as const),
    ...(['correction.after-take', 'correction.after-answer', 'correction.before-record'] as const),
    'correction.after-record',
  ] as const satisfies CrashPoint[];
  for (const [index, point] of points.entries()) {
    it(`at ${point}: booked once`, async () => {
      const { id } = await stand.approved(index);
      await untilKilled(processOf('worker', point));
      const booked = await stand.booked(id);
      const isAfter = /after-answer|record/.test(point);
      expect(booked).toHaveLength(isAfter ? 1 : 0);
      await bookedOnce(id, index);
    });
  }
});

describe('kill -9 of the API while it approves', () => {
  for (const [index, point] of (['proposal.before-commit', 'proposal.after-approval'] as const).entries()) {
    it(`at ${point}: approved wholly or not at all, and the same request again is one approval`, async () => {
      const movement = 10 + index;
      const { id } = await stand.findingOf(movement);
      const proposed = (await stand.propose(id, adjustment(movement))).body as unknown as FindingDetail;
      const shown = openOf(proposed);
      const child = processOf('http', point);
      const url = await new Promise<string>((resolve) => {
        let said = '';
        child.stdout?.on('data', (text: Buffer) => {
          said += text.toString();
          const found = /"url":"(http:[^"]+)"/.exec(said)?.[1];
          if (found !== undefined) resolve(found);
        });
      });
      const request = { as: stand.stand.tokens.mehmet, key: `approve-${index}` };
      const path = `${id}/proposals/${shown.id}/approve`;
      const body = { payload_hash: shown.payload_hash };
      await expect(stand.post(path, body, { ...request, at: url })).rejects.toThrow();
      await untilKilled(child);
      const after = openOf(await stand.get(id)).status;
      expect(after).toBe(point === 'proposal.after-approval' ? 'approved' : 'proposed');
      expect((await stand.post(path, body, request)).status).toBe(200);
      await bookedOnce(id, movement);
    });
  }
});
