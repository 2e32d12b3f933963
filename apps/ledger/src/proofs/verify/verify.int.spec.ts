import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { histories, play } from '../../history.fixture.js';
import { TestLedger } from '../../ledger.fixture.js';
import { signNow } from '../proofs.fixture.js';
import { Superuser } from './verify.fixture.js';

let ledger: TestLedger;
let superuser: Superuser;
beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2 });
  superuser = new Superuser(ledger);
});
afterAll(async () => {
  await superuser.close();
  await ledger.stop();
});

describe('a ledger that nobody touched', () => {
  it('verifies, whatever happened in it', async () => {
    let opened = 0;
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const name = `honest-${++opened}`;
        await ledger.open(name);
        await play(ledger, name, history.slice(0, 3));
        const signed = await ledger.call('POST', `/v2/${name}/checkpoints`);
        await play(ledger, name, history.slice(3));
        const { summary, findings } = await superuser.verify(name);
        expect(findings).toEqual([]);
        expect(summary).toMatchObject({ findings: 0, checkpoints: signed.status === 200 ? 1 : 0 });
      }),
      { numRuns: 30 },
    );
  });

  it('verifies with thousands of events, while others write', async () => {
    await ledger.open('busy');
    let writing = true;
    const writer = (async () => {
      for (let turn = 0; writing; turn++)
        await ledger.transfer('busy', { from: 'world', to: `users:${turn % 7}`, amount: turn });
    })();
    const body = Array.from({ length: 1_000 }, (_, at) => ({
      action: 'CREATE_TRANSACTION',
      data: { postings: [{ source: 'world', destination: `users:${at}`, amount: at, asset: 'TRY/2' }] },
    }));
    for (let round = 0; round < 3; round++) await ledger.call('POST', '/v2/busy/_bulk', { body });
    await signNow(ledger, 'busy');
    for (let round = 0; round < 3; round++) {
      const { summary, findings } = await superuser.verify('busy');
      expect(findings).toEqual([]);
      expect(summary.sequence).toBeGreaterThan(3_000);
    }
    writing = false;
    await writer;
  });

  it('verifies with pipelines that wait, and with what removed ones left', async () => {
    await ledger.open('piped');
    await ledger.transfer('piped', { from: 'world', to: 'users:1', amount: 1 });
    const body = { from: 2 };
    const removed = await ledger.call('POST', '/v2/piped/pipelines', { body });
    await ledger.call('DELETE', `/v2/piped/pipelines/${removed.body.data.id}`);
    const waiting = await ledger.call('POST', '/v2/piped/pipelines', { body });
    expect(waiting.status).toBe(201);
    // As versions before left them, which took any first event.
    await superuser.spoil('piped', 'update pipeline set from_sequence = 900 where ledger_id = $1');
    await superuser.spoil('piped', 'update relay_checkpoint set sequence = 899 where ledger_id = $1');
    await ledger.call('POST', `/v2/piped/pipelines/${waiting.body.data.id}/stop`);
    expect((await superuser.verify('piped')).findings).toEqual([]);
  });

  it('refuses a pipeline that would begin beyond the next event', async () => {
    const create = (from: number) => ledger.call('POST', '/v2/piped/pipelines', { body: { from } });
    const refused = await create(3);
    expect([refused.status, refused.text]).toEqual([
      400,
      expect.stringContaining('at most 2, the next event'),
    ]);
    expect((await create(2)).status).toBe(201);
  });

  it('verifies before its first event', async () => {
    await ledger.open('unused');
    const { summary, findings } = await superuser.verify('unused');
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({ sequence: 0, batches: 0, root: null });
  });
});
