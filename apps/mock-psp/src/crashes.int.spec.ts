import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallContext } from '@defter/payments-contracts';
import { mockPsp } from '@defter/provider-mock-psp';
import { eventually } from '@defter/testing';
import { type MockProcess, startMockProcess } from './testing/mock-process.js';
import { type MockServer, operation, startMockServer } from './testing/mock-server.js';
import { seededBetween } from './seed.js';

const rounds = [1, 2];
/** Each round starts a process, which takes its time where others work too. */
const timeoutMs = 120_000;

/** Only its folder, settings and receiver are used: the service itself runs as a process. */
let mock: MockServer;
let running: MockProcess;
const start = async () => {
  running = await startMockProcess(mock.environment);
};
beforeAll(async () => {
  mock = await startMockServer();
  await mock.running.stop();
  await start();
});
afterAll(async () => {
  await running.kill();
  await mock.receiver.stop();
});

const call = (): CallContext => ({ baseUrl: running.url, apiKey: 'key_c_one', timeoutMs: 5_000 });
const bookIds = async () => {
  const book = (await (await fetch(`${running.url}/_test/book`)).json()) as {
    data: { operation_id: string }[];
  };
  return book.data.map(({ operation_id }) => operation_id);
};

describe('kill -9 in the middle of the work', () => {
  it(
    'loses nothing that was answered, doubles nothing, and tells every webhook',
    async () => {
      const answered = new Map<string, unknown>();
      const asked: string[] = [];
      for (const round of rounds) {
        const wave = Array.from({ length: 30 }, () => operation({ scenario: 'instant' }));
        asked.push(...wave.map(({ operationId }) => operationId));
        const target = answered.size + seededBetween(3, 24, 'kill', String(round));
        const calls = wave.map(async (each) => {
          const result = await mockPsp.execute(each, call());
          if (result.result === 'succeeded') answered.set(each.operationId, result);
        });
        await eventually(() => expect(answered.size).toBeGreaterThanOrEqual(target));
        await running.kill();
        await Promise.all(calls);
        await start();
        const found = [...answered.keys()].map(async (id) => [id, await mockPsp.lookup(id, call())] as const);
        expect(new Map(await Promise.all(found))).toEqual(answered);
        // Who heard nothing asks again with the same id, and it is booked once whatever had happened.
        await Promise.all(wave.map((each) => mockPsp.execute(each, call())));
      }
      expect((await bookIds()).sort()).toEqual([...asked].sort());
      await eventually(() =>
        expect(new Set(mock.receiver.all.map(({ json }) => json.operation['operation_id']))).toEqual(
          new Set(asked),
        ),
      );
    },
    timeoutMs,
  );

  it(
    'a payer’s decision, a dispute and the virtual clock are there after it',
    async () => {
      const rehearse = async (path: string, body: object) => {
        const headers = { 'content-type': 'application/json' };
        const response = await fetch(`${running.url}/_test/${path}`, {
          ...{ method: 'POST', headers, body: JSON.stringify(body) },
        });
        return (await response.json()) as Record<string, string>;
      };
      const paid = operation({ scenario: 'instant' });
      await mockPsp.execute(paid, call());
      const challenged = operation({ scenario: 'challenge' });
      const answer = await mockPsp.execute(challenged, call());
      const url = (answer.result === 'pending' && answer.nextAction?.url) || '';
      await fetch(`${url}/approve`, { method: 'POST', redirect: 'manual' });
      const dispute = await rehearse('disputes', { connectionId: 'c_one', operationId: paid.operationId });
      const clock = await rehearse('clock/stand', { at: '2036-01-01T00:00:00.000Z' });
      await running.kill();
      await start();
      expect(await mockPsp.lookup(challenged.operationId, call())).toMatchObject({ result: 'succeeded' });
      expect(await mockPsp.lookup(dispute['operation_id'] ?? '', call())).toMatchObject({
        result: 'pending',
      });
      expect(await (await fetch(`${running.url}/_test/clock`)).json()).toEqual(clock);
    },
    timeoutMs,
  );
});
