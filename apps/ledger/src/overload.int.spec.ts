import { Agent, request } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { TestLedger } from './ledger.fixture.js';
import { LedgerProcess } from './ledger-process.fixture.js';

let ledger: TestLedger;
let crowded: LedgerProcess | undefined;
afterEach(async () => {
  await crowded?.stop();
  await ledger.stop();
});

const CONNECTIONS = 4_096;
const QUEUE_LIMIT = 64;
const MEMORY_LIMIT_MB = 512;

interface Reply {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/** One transfer over a connection of its own agent; `fetch` would share connections. */
const transfer = (agent: Agent, base: string, key: string): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${ledger.tokens.one}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    };
    const url = `${base}/v2/main/transactions`;
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, retryAfter: headers['retry-after'] });
      });
    });
    sent.once('error', reject);
    sent.end('{"postings":[{"source":"world","destination":"crowd","amount":1,"asset":"TRY/2"}]}');
  });

/** A connection that was dropped is no answer; anything else is a failure. */
const resetOnly = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ECONNRESET') throw error;
};

describe('more callers than there is room for', () => {
  it('4,096 connections: the excess hears 503 with Retry-After, nothing acknowledged is lost', async () => {
    ledger = await TestLedger.start({ env: { WRITER_QUEUE_LIMIT: `${QUEUE_LIMIT}` } });
    await ledger.open('main');
    const { url } = (crowded = await LedgerProcess.start('http', ledger.env));
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const acknowledged = new Set<string>();
    const uncertain = new Set<string>();
    const statuses = new Map<number, number>();
    try {
      const caller = async (name: number) => {
        for (let round = 0; round < 2; round++) {
          const key = `crowd-${name}-${round}`;
          const reply = await transfer(agent, url, key).catch(resetOnly);
          // The system may drop a connection among so many; what became of its call is asked with the key.
          if (reply === undefined) {
            uncertain.add(key);
            continue;
          }
          const { status, retryAfter } = reply;
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          if (status === 200) acknowledged.add(key);
          else expect([status, retryAfter]).toEqual([503, expect.stringMatching(/^[1-9]\d*$/)]);
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, (_, name) => caller(name)));
    } finally {
      agent.destroy();
    }
    expect([...statuses.keys()].sort()).toEqual([200, 503]);
    expect(crowded.peakMegabytes()).toBeLessThan(MEMORY_LIMIT_MB);
    const rows = await ledger.database.database.query<{ key: string }>(
      'select idempotency_key as key from event',
    );
    const written = new Set(rows.map(({ key }) => key));
    expect([...acknowledged].filter((key) => !written.has(key))).toEqual([]);
    expect([...written].filter((key) => !acknowledged.has(key) && !uncertain.has(key))).toEqual([]);
    expect(uncertain.size).toBeLessThan(CONNECTIONS / 10);
    expect((await ledger.transfer('main', { from: 'world', to: 'crowd', amount: 1 })).status).toBe(200);
    expect((await ledger.balance('main', 'crowd')).posted).toBe(written.size + 1);
  });

  it('with two connections to the database, 400 callers of ten ledgers all get their answer', async () => {
    ledger = await TestLedger.start({ env: { WRITER_CONNECTIONS: '1', DATABASE_POOL_SIZE: '1' } });
    const names = Array.from({ length: 10 }, (_, index) => `l${index}`);
    for (const name of names) await ledger.open(name);
    const calls = Array.from({ length: 400 }, async (_, index) => {
      const name = names[index % names.length] ?? '';
      // A date of its own takes the way of several statements, a reading one the other pool.
      const dated = { members: { timestamp: '2025-01-01T00:00:00Z' } };
      const usual = index % 3 === 0 ? dated : {};
      const { status } = await ledger.transfer(name, { from: 'world', to: 'a', amount: 1 }, usual);
      const { posted } = await ledger.balance(name, 'a');
      return [status, posted > 0];
    });
    for (const answer of await Promise.all(calls)) expect(answer).toEqual([200, true]);
    for (const name of names) expect((await ledger.balance(name, 'a')).posted).toBe(40);
  });
});
