import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mockPsp } from '@defter/provider-mock-psp';
import { eventually } from '@defter/testing';
import { Bookkeeper } from '../bookkeeper.js';
import { keys, type MockServer, operation, startMockServer } from '../testing/mock-server.js';

interface BookRow {
  readonly operation_id: string;
  readonly status: string;
  readonly final_status: string;
  readonly amount: string;
  readonly webhooks_open: number;
}

let mock: MockServer;
let servers: MockServer[] = [];
const start = async (): Promise<MockServer> => {
  const server = await startMockServer();
  servers.push(server);
  return server;
};
beforeEach(async () => {
  mock = await start();
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
});

const bookOf = async (server: MockServer): Promise<readonly BookRow[]> =>
  ((await (await server.get('/_test/book')).json()) as { data: BookRow[] }).data;
const allAcknowledged = (server: MockServer) =>
  eventually(async () => {
    const book = await bookOf(server);
    expect(book.filter(({ webhooks_open }) => webhooks_open > 0)).toEqual([]);
    return book;
  });
const run = async (scenario: string, kind: 'sale' | 'payout' = 'sale') => {
  const asked = operation({ scenario, kind });
  await mockPsp.execute(asked, mock.call());
  return asked.operationId;
};
const journal = (server: MockServer) => join(server.stateDir, 'mock-psp.journal.jsonl');

describe('webhooks', () => {
  it('duplicate: same id, same bytes, each validly signed', async () => {
    const id = await run('webhook.duplicate:4');
    await allAcknowledged(mock);
    const all = mock.receiver.of(id);
    expect(all).toHaveLength(5);
    expect(new Set(all.map(({ request }) => Buffer.from(request.body).toString())).size).toBe(1);
    for (const { request } of all) {
      expect(mockPsp.webhook.verify(request, [keys.current], new Date())).toEqual({
        valid: true,
        keyId: 'whk_1',
      });
    }
  });

  it('reorder: what happened last is told first', async () => {
    const id = await run('payout.returned,webhook.reorder', 'payout');
    await allAcknowledged(mock);
    expect(mock.receiver.of(id).map(({ json }) => json.type)).toEqual(['withdraw_returned', 'withdraw_paid']);
  });

  it('delay and drop', async () => {
    const dropped = await run('webhook.drop');
    const [began, delayed] = [Date.now(), await run('webhook.delay:400')];
    await allAcknowledged(mock);
    expect(Date.now() - began).toBeGreaterThanOrEqual(400);
    expect([mock.receiver.of(dropped), mock.receiver.of(delayed)].map(({ length }) => length)).toEqual([
      0, 1,
    ]);
    expect(await mockPsp.lookup(dropped, mock.call())).toMatchObject({ result: 'succeeded' });
  });

  it('bad_signature: nobody accepts it, and it is not repeated once something has answered', async () => {
    mock.receiver.answerWith(401);
    const id = await run('webhook.bad_signature');
    await allAcknowledged(mock);
    const [first, ...others] = mock.receiver.of(id);
    expect(others).toEqual([]);
    const verdict = first && mockPsp.webhook.verify(first.request, [keys.current, keys.next], new Date());
    expect(verdict).toEqual({ valid: false, reason: 'signature_mismatch' });
  });

  it.each([0, 401, 503])('are sent again until a 2xx, after the answer %p', async (status) => {
    mock.receiver.answerWith(status);
    const id = await run('approve');
    if (status !== 0) await eventually(() => expect(mock.receiver.of(id).length).toBeGreaterThanOrEqual(2));
    mock.receiver.answerWith(204);
    await allAcknowledged(mock);
    const count = mock.receiver.of(id).length;
    expect(count).toBeGreaterThanOrEqual(status === 0 ? 1 : 3);
  });
});

describe('after a restart', () => {
  it('the book is the same, and only what was not acknowledged is sent', async () => {
    const told = await run('approve');
    await allAcknowledged(mock);
    mock.receiver.answerWith(503);
    const untold = await run('approve');
    await eventually(() => expect(mock.receiver.of(untold).length).toBeGreaterThan(0));
    const before = await bookOf(mock);
    mock.receiver.answerWith(200);
    await mock.restart();
    const after = await allAcknowledged(mock);
    const facts = ({ webhooks_open: _, ...row }: BookRow) => row;
    expect(after.map(facts)).toEqual(before.map(facts));
    expect(mock.receiver.of(told)).toHaveLength(1);
  });

  it('nothing answered is lost, wherever kill -9 hits: the journal has it before the caller', async () => {
    mock.receiver.answerWith(503);
    const asked = Array.from({ length: 30 }, () =>
      operation({ scenario: 'instant', amountMinor: 2n ** 70n }),
    );
    const answered: string[] = [];
    const missing: string[] = [];
    await Promise.all(
      asked.map(async (each) => {
        const { result } = await mockPsp.execute(each, mock.call());
        // A call that waited too long on a busy machine was not answered.
        if (result === 'succeeded') answered.push(each.operationId);
        // What a crash at this very moment would leave behind.
        const left = readFileSync(journal(mock), 'utf8');
        missing.push(...answered.filter((id) => !left.includes(id)));
      }),
    );
    expect(missing).toEqual([]);

    const crashed = await start();
    crashed.receiver.answerWith(200);
    copyFileSync(journal(mock), journal(crashed));
    writeFileSync(journal(crashed), '{"type":"OperationTaken","operat', { flag: 'a' });
    await crashed.restart();
    const book = await allAcknowledged(crashed);
    expect(book.map(({ operation_id }) => operation_id).sort()).toEqual([...answered].sort());
    expect(new Set(book.map(({ amount }) => amount))).toEqual(new Set([(2n ** 70n).toString()]));
    expect(new Set(crashed.receiver.all.map(({ json }) => json.operation['operation_id']))).toEqual(
      new Set(answered),
    );
  });

  it('while the disk is slow nobody hears of an operation, neither callers nor the receiver', async () => {
    const { journal: slow } = mock.running.get(Bookkeeper) as unknown as { journal: { file: FileHandle } };
    const datasync = slow.file.datasync.bind(slow.file);
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    slow.file.datasync = () => gate.then(datasync);

    const asked = operation({ scenario: 'instant' });
    let heard = 0;
    const calls = [
      mockPsp.execute(asked, mock.call()),
      mockPsp.execute(asked, mock.call()),
      mockPsp.lookup(asked.operationId, mock.call()),
    ].map((call) => call.finally(() => heard++));
    // The server answers others meanwhile, so it has had the time to answer these.
    for (const _ of Array.from({ length: 50 })) await mock.get('/nowhere');
    const tooEarly = [heard, mock.receiver.all.length];
    open();
    expect(tooEarly).toEqual([0, 0]);
    const results = await Promise.all(calls);
    expect(results.slice(0, 2).map(({ result }) => result)).toEqual(['succeeded', 'succeeded']);
    await allAcknowledged(mock);
    expect(mock.receiver.of(asked.operationId)).toHaveLength(1);
  });

  it('a damaged journal keeps it from starting, with the line', async () => {
    await run('approve');
    await mock.restart();
    const whole = readFileSync(journal(mock), 'utf8');
    const other = await start();
    writeFileSync(journal(other), whole.replace('"OperationTaken"', '"OperationTakes"'));
    await expect(other.restart()).rejects.toThrow(/line 2 can't be read/);
  });
});
