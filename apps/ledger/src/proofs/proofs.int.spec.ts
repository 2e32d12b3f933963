import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPrivateKey } from 'node:crypto';
import { checkpointKey, TestLedger } from '../ledger.fixture.js';
import { CheckpointSigner } from './checkpoint-signer.js';
import { audit, signNow, verifierKey } from './proofs.fixture.js';
import { encodeVerifierKey, noteSigner } from './signed-note.js';

let ledger: TestLedger;
let key: string;
const ORIGIN = 'defter.local/t_one/main';
const trusted = () => ({ key, origin: ORIGIN });

const otherText = (value: unknown): string => {
  const text = typeof value === 'string' ? value : '';
  return `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`;
};
const deposit = (amount: number) => ledger.transfer('main', { from: 'world', to: 'users:1', amount });
const proofOf = (path: string) => ledger.call('GET', `/v2/main/${path}`);

beforeAll(async () => {
  ledger = await TestLedger.start({ replicas: 2 });
  await ledger.open('main');
  key = await verifierKey(ledger);
});
afterAll(() => ledger.stop());

describe('a ledger without events', () => {
  it('has nothing to sign', async () => {
    await ledger.open('empty');
    const answer = await ledger.call('POST', '/v2/empty/checkpoints');
    expect([answer.status, answer.body.code]).toEqual([409, 'nothing-to-sign']);
  });
});

describe('proofs', () => {
  beforeAll(async () => {
    // Batches of one and of many events, with keys, metadata and holds.
    for (let amount = 1; amount <= 5; amount++) await deposit(amount);
    await Promise.all(Array.from({ length: 40 }, (_, at) => deposit(100 + at)));
    const data = { targetType: 'ACCOUNT', targetId: 'users:1', metadata: { name: 'Ayşe "A"\n' } };
    await ledger.call('POST', '/v2/main/_bulk', { body: [{ action: 'ADD_METADATA', ik: 'k-1', data }] });
  });

  it('are not to be had before a checkpoint, nor of what is not there', async () => {
    const early = await proofOf('transactions/1/proof');
    expect([early.status, early.body.code]).toEqual([409, 'not-checkpointed']);
    await signNow(ledger, 'main');
    expect((await proofOf('transactions/999/proof')).status).toBe(404);
    expect((await proofOf('logs/999/proof')).status).toBe(404);
    expect((await proofOf('logs/0/proof')).status).toBe(400);
    expect((await proofOf('checkpoints/999')).status).toBe(404);
    expect((await proofOf('logs/1/proof?checkpoint=999')).body.code).toBe('not-checkpointed');
    expect((await ledger.call('GET', '/v2/main/logs/1/proof', { token: ledger.tokens.two })).status).toBe(
      404,
    );
  });

  it('of events anywhere convince the program of the guide', async () => {
    const { sequence, size } = await signNow(ledger, 'main');
    expect(sequence).toBe(46);
    for (let event = 1; event <= sequence; event += 3) {
      const { text } = await proofOf(`logs/${event}/proof`);
      const { proven, said } = await audit('inclusion', text, trusted());
      expect({ event, proven, said }).toMatchObject({ proven: true });
      expect(said).toContain(`Event ${event} `);
      expect(said).toContain(`in checkpoint ${size}:`);
    }
  });

  it('of a transaction show its payload; an older checkpoint can be asked for', async () => {
    const old = await signNow(ledger, 'main');
    await deposit(7);
    await signNow(ledger, 'main');
    const { text, body } = await proofOf(`transactions/1/proof?checkpoint=${old.size}`);
    expect(body.data.checkpoint.size).toBe(old.size);
    expect(JSON.parse(body.data.event.payload as string).transaction.id).toBe(1);
    expect((await audit('inclusion', text, trusted())).proven).toBe(true);
    const late = await proofOf(`transactions/46/proof?checkpoint=${old.size}`);
    expect([late.status, late.body.code]).toEqual([409, 'not-checkpointed']);
  });

  it('do not convince when anything in them is another', async () => {
    const { body } = await proofOf('logs/20/proof');
    const { data } = body as { data: Record<string, Record<string, unknown>> };
    const spoiled: object[] = [];
    for (const [part, members] of Object.entries(data)) {
      for (const [name, value] of Object.entries(members)) {
        if (name === 'size') continue; // for people: the program reads it from the note
        const others = Array.isArray(value)
          ? [value.slice(1), [...value, value[0] ?? data['batch']?.['previousHash']], [...value].reverse()]
          : [typeof value === 'number' ? value + 1 : otherText(value)];
        for (const other of others)
          if (JSON.stringify(other) !== JSON.stringify(value))
            spoiled.push({ ...data, [part]: { ...members, [name]: other } });
      }
    }
    expect(spoiled.length).toBeGreaterThan(9);
    for (const proof of spoiled) {
      const verdict = await audit('inclusion', JSON.stringify({ data: proof }), trusted());
      expect({ proof, proven: verdict.proven }).toMatchObject({ proven: false });
    }
  });

  it('are told from answers that are none', async () => {
    const { text } = await ledger.call('GET', '/v2/main/logs/999999/proof');
    expect(await audit('inclusion', text, trusted())).toEqual({
      proven: false,
      exitCode: 2,
      said: 'the input is not a proof: There is no such event\n',
    });
    for (const other of ['', '{}', 'null', '{"data":{}}', '<html>'])
      expect(await audit('consistency', other, trusted())).toMatchObject({
        exitCode: 2,
        said: expect.stringContaining('the input is not a proof: '),
      });
  });

  it('do not convince with another key or of another ledger', async () => {
    const { text } = await proofOf('logs/20/proof');
    const stranger = encodeVerifierKey(noteSigner('defter.local', createPrivateKey(checkpointKey())));
    expect((await audit('inclusion', text, { key: stranger, origin: ORIGIN })).said).toContain('not signed');
    expect((await audit('inclusion', text, { key, origin: 'defter.local/t_two/main' })).said).toContain(
      'the checkpoint is of',
    );
  });
});

describe('checkpoints', () => {
  it('are listed newest first, page by page, and found by their size', async () => {
    for (let round = 0; round < 3; round++) {
      await deposit(1);
      await signNow(ledger, 'main');
    }
    const first = await proofOf('checkpoints?pageSize=2');
    const { data, next } = first.body.cursor as { data: { size: number }[]; next: string };
    const second = await proofOf(`checkpoints?cursor=${next}`);
    const sizes = [...data, ...(second.body.cursor.data as { size: number }[])].map(({ size }) => size);
    expect(sizes.length).toBeGreaterThan(2);
    expect(sizes).toEqual([...sizes].sort((left, right) => right - left));
    const one = await proofOf(`checkpoints/${sizes[0]}`);
    expect(one.body.data).toEqual(data[0]);
    expect(one.body.data.note).toContain(`${ORIGIN}\n${sizes[0]}\n`);
  });

  it('continue each other, and each pair can be proven to', async () => {
    const { body } = await proofOf('checkpoints?pageSize=100');
    const sizes = (body.cursor.data as { size: number }[]).map(({ size }) => size).reverse();
    for (const [at, from] of sizes.entries()) {
      for (const to of sizes.slice(at)) {
        const { text } = await proofOf(`checkpoints/${to}/consistency?from=${from}`);
        const { proven, said } = await audit('consistency', text, trusted());
        expect({ from, to, proven, said }).toMatchObject({ proven: true });
      }
    }
    const [from, to] = [sizes[0], sizes.at(-1)];
    const { body: proof } = await proofOf(`checkpoints/${to}/consistency?from=${from}`);
    const { data } = proof as { data: { path: string[] } };
    data.path[0] = Buffer.alloc(32, 9).toString('base64');
    const verdict = await audit('consistency', JSON.stringify({ data }), trusted());
    expect(verdict.said).toContain('rewritten');
  });

  it('continue none that is larger', async () => {
    const { body } = await proofOf('checkpoints?pageSize=100');
    const sizes = (body.cursor.data as { size: number }[]).map(({ size }) => size);
    const path = `checkpoints/${sizes.at(-1)}/consistency?from=${sizes[0]}`;
    const { status, text } = await ledger.call('GET', `/v2/main/${path}`);
    expect([status, text]).toEqual([
      400,
      expect.stringContaining(`must be at most ${sizes.at(-1)}, the size`),
    ]);
  });

  it('are the same whoever signs, also when two do at once', async () => {
    const signers = ledger.replicas.map((replica) => replica.get(CheckpointSigner));
    const [{ ledger_id: id } = { ledger_id: 0 }] = await ledger.database.database.query<{
      ledger_id: number;
    }>(`select ledger_id from ledger where name = 'main'`);
    for (let round = 0; round < 20; round++) {
      await deposit(1);
      const done = await Promise.all(signers.map((signer) => signer.sign(id)));
      expect(done).toContain('signed');
    }
    const { size, sequence } = await signNow(ledger, 'main');
    const { text } = await proofOf(`logs/${sequence}/proof?checkpoint=${size}`);
    expect((await audit('inclusion', text, trusted())).proven).toBe(true);
  });
});

describe('a history of more than 256 batches', () => {
  it('is proven by paths that grow with the logarithm, from stored nodes', async () => {
    await ledger.open('long');
    for (let amount = 1; amount <= 520; amount++) {
      await ledger.transfer('long', { from: 'world', to: 'users:1', amount });
      if (amount === 300) await signNow(ledger, 'long');
    }
    const { size } = await signNow(ledger, 'long');
    expect(size).toBe(520);
    const nodes = await ledger.database.database.query(
      `select 1 from batch_tree_node join ledger using (ledger_id) where name = 'long'`,
    );
    expect(nodes).toHaveLength(2);
    for (const event of [1, 255, 256, 257, 300, 511, 512, 513, 520]) {
      const { text, body } = await ledger.call('GET', `/v2/long/logs/${event}/proof`);
      const { path } = (body as { data: { checkpoint: { path: string[] } } }).data.checkpoint;
      expect(path.length).toBeLessThanOrEqual(10);
      const { proven } = await audit('inclusion', text, { key, origin: 'defter.local/t_one/long' });
      expect({ event, proven }).toEqual({ event, proven: true });
    }
    const { text } = await ledger.call('GET', '/v2/long/checkpoints/520/consistency?from=300');
    const verdict = await audit('consistency', text, { key, origin: 'defter.local/t_one/long' });
    expect(verdict.said).toContain('Checkpoint 520 continues checkpoint 300');
  });
});
