import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../../ledger.fixture.js';
import { CheckpointSigner } from '../checkpoint-signer.js';
import { audit, signNow, type SignedCheckpoint, verifierKey } from '../proofs.fixture.js';
import { backUp, forge, openPlayed } from './tampering.fixture.js';
import { LOG_CASES } from './tampered-log.fixture.js';
import { PROJECTION_CASES } from './tampered-projections.fixture.js';
import { Superuser } from './verify.fixture.js';

let ledger: TestLedger;
let superuser: Superuser;
beforeAll(async () => {
  ledger = await TestLedger.start();
  superuser = new Superuser(ledger);
});
afterAll(async () => {
  await superuser.close();
  await ledger.stop();
});

let opened = 0;
const played = async (): Promise<{ name: string; held: SignedCheckpoint }> => {
  const name = `played-${++opened}`;
  return { name, held: await openPlayed(ledger, name) };
};

describe('a superuser who changes one thing is found, with the place', () => {
  it.each([...LOG_CASES, ...PROJECTION_CASES])('%s', async (sql, finding) => {
    const { name } = await played();
    expect((await superuser.verify(name)).findings).toEqual([]);
    await superuser.spoil(name, sql);
    const { findings, summary } = await superuser.verify(name);
    expect(findings).toContainEqual(expect.objectContaining(finding));
    expect(summary.findings).toBe(findings.length);
  });
});

describe('a superuser who changes an event and computes all hashes anew', () => {
  const change = `update event set payload = replace(payload::text, '"300"', '"900"')::json
    where ledger_id = $1 and sequence = 3`;

  it('is found by the checkpoint, and where it begins', async () => {
    const { name } = await played();
    await superuser.spoil(name, change);
    await forge(superuser, name);
    const { findings } = await superuser.verify(name);
    const rewritten = { table: 'batch', kind: 'differs', what: 'batches 1 to 3 are not those of checkpoint' };
    expect(findings).toContainEqual(expect.objectContaining(rewritten));
  });

  it('gets no signature', async () => {
    const { name } = await played();
    const signer = ledger.replicas[0]?.get(CheckpointSigner);
    await superuser.spoil(name, change);
    await forge(superuser, name);
    await ledger.transfer(name, { from: 'world', to: 'users:1', amount: 1 });
    await expect(signer?.sign(await superuser.idOf(name))).rejects.toThrow('not those that were signed');
    const answer = await ledger.call('POST', `/v2/${name}/checkpoints`);
    expect([answer.status, answer.body.code]).toEqual([500, 'history-broken']);
  });

  it('who takes the checkpoints away too is found by the one that the auditor kept', async () => {
    const { name, held } = await played();
    await superuser.spoil(name, change);
    await forge(superuser, name);
    await superuser.spoil(name, 'delete from checkpoint where ledger_id = $1');
    const { findings } = await superuser.verify(name, held);
    const what = 'batches 1 to 7 are not those of the checkpoint you hold';
    expect(findings).toContainEqual(expect.objectContaining({ table: 'batch', what }));
  });
});

describe('a superuser who cuts the end off and resets everything to before', () => {
  it('is found by the checkpoint that the auditor kept, and by nothing else', async () => {
    const { name, held: before } = await played();
    const restore = await backUp(superuser, name);
    await ledger.transfer(name, { from: 'world', to: 'users:1', amount: 1 });
    await ledger.transfer(name, { from: 'world', to: 'users:1', amount: 2 });
    const held = await signNow(ledger, name);
    await restore();
    expect((await superuser.verify(name, before)).findings).toEqual([]);
    const { findings } = await superuser.verify(name, held);
    const what = `up to batch ${held.size}, signed by the checkpoint you hold`;
    const at = { batch: before.size + 1, checkpoint: held.size };
    expect(findings).toEqual([{ table: 'batch', kind: 'missing', at, what }]);
  });

  it('and leaves the checkpoints is found by them, and gets no signature', async () => {
    const { name, held } = await played();
    for (const table of ['event', 'posting'])
      await superuser.spoil(name, `delete from ${table} where ledger_id = $1 and sequence > 5`);
    await superuser.spoil(name, 'delete from batch where ledger_id = $1 and batch > 3');
    await superuser.spoil(
      name,
      `update ledger_head h set sequence = 5, last_batch = 3, last_transaction_id = 5, hash = b.hash
       from batch b where h.ledger_id = $1 and b.ledger_id = $1 and b.batch = 3`,
    );
    const { findings } = await superuser.verify(name);
    const what = `up to batch ${held.size}, signed by a checkpoint`;
    expect(findings).toContainEqual(expect.objectContaining({ table: 'batch', kind: 'missing', what }));
    const signer = ledger.replicas[0]?.get(CheckpointSigner);
    await expect(signer?.sign(await superuser.idOf(name))).rejects.toThrow('Batch 4 is missing');
  });

  it('shows nothing new with a checkpoint that nobody signed', async () => {
    const { name, held } = await played();
    const { findings } = await superuser.verify(name, {
      ...held,
      note: held.note.replace('sequence 9', 'sequence 8'),
    });
    expect(findings).toEqual([expect.objectContaining({ table: 'checkpoint', found: 'bad-signature' })]);
  });
});

describe('proofs of events that were changed', () => {
  const proofs = async (name: string): Promise<string[]> => {
    const texts: string[] = [];
    for (let sequence = 1; sequence <= 9; sequence++)
      texts.push((await ledger.call('GET', `/v2/${name}/logs/${sequence}/proof`)).text);
    return texts;
  };
  const verdicts = async (name: string, texts: readonly string[]): Promise<boolean[]> => {
    const trusted = { key: await verifierKey(ledger), origin: `defter.local/t_one/${name}` };
    return Promise.all(texts.map(async (text) => (await audit('inclusion', text, trusted)).proven));
  };

  it('made before stay valid, made after never are (law 9)', async () => {
    const { name } = await played();
    const before = await proofs(name);
    await superuser.spoil(
      name,
      `update event set payload = replace(payload::text, '"300"', '"900"')::json where ledger_id = $1`,
    );
    const inBatch = await verdicts(name, await proofs(name));
    // The changed event and those whose paths go through it.
    expect(inBatch.slice(1, 4)).toEqual([false, false, false]);
    await forge(superuser, name);
    expect(await verdicts(name, await proofs(name))).toEqual(Array(9).fill(false));
    expect(await verdicts(name, before)).toEqual(Array(9).fill(true));
  });

  it('say that rows are gone where they are', async () => {
    const { name } = await played();
    await superuser.spoil(name, 'delete from batch where ledger_id = $1 and batch = 1');
    const { status, body } = await ledger.call('GET', `/v2/${name}/logs/5/proof`);
    expect([status, body.code]).toEqual([500, 'history-broken']);
  });
});
