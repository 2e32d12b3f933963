import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestLedger } from '../../ledger.fixture.js';
import { CheckpointSigner } from '../checkpoint-signer.js';
import { audit, signNow, type SignedCheckpoint, verifierKey } from '../proofs.fixture.js';
import type { Finding } from './findings.js';
import { backUp, forge, openPlayed } from './tampering.fixture.js';
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

/** A change of rows, and one finding that it must give. */
type Case = readonly [sql: string, finding: Partial<Finding>];

const where = 'where ledger_id = $1';
const of = (table: string, kind: Finding['kind'], at: object, more: object = {}): Partial<Finding> => ({
  table,
  kind,
  at: expect.objectContaining(at) as object,
  ...more,
});

const LOG: readonly Case[] = [
  [
    `update event set payload = replace(payload::text, '"1000"', '"9000"')::json ${where} and sequence = 1`,
    of('event', 'differs', { batch: 1, firstSequence: 1, lastSequence: 1 }, { what: 'root of the events' }),
  ],
  [
    `update event set payload = (payload::text || ' ')::json ${where} and sequence = 3`,
    of('event', 'differs', { batch: 2, firstSequence: 2, lastSequence: 4 }),
  ],
  [
    `update event set payload = '{"x": [1]}' ${where} and sequence = 5`,
    of('event', 'differs', { sequence: 5 }),
  ],
  [`update event set type = 'HoldVoided' ${where} and sequence = 6`, of('event', 'differs', { batch: 4 })],
  [
    `update event set recorded_at = recorded_at - interval '1 us' ${where} and sequence = 3`,
    of('event', 'differs', { sequence: 3, batch: 2 }, { what: 'recorded_at' }),
  ],
  [
    `update event set idempotency_key = 'k-2' ${where} and sequence = 1`,
    of('event', 'differs', { batch: 1 }),
  ],
  [
    `update event set batch = 1 ${where} and sequence = 2`,
    of('event', 'differs', { sequence: 2 }, { what: 'batch' }),
  ],
  [`update event set schema_version = 2 ${where} and sequence = 2`, of('event', 'differs', { sequence: 2 })],
  [`delete from event ${where} and sequence = 3`, of('event', 'missing', { sequence: 3 })],
  [`delete from event ${where} and sequence between 5 and 8`, of('event', 'missing', { sequence: 5 })],
  [`delete from event ${where} and sequence = 9`, of('event', 'missing', { sequence: 9 })],
  [`delete from event ${where}`, of('event', 'missing', { sequence: 1 })],
  [
    `insert into event select ledger_id, 10, batch, recorded_at, 1, type, null, null, payload from event ${where}
     and sequence = 1`,
    of('event', 'unexpected', { sequence: 10 }),
  ],
  [
    `update event e set payload = o.payload from event o where e.ledger_id = $1 and o.ledger_id = $1
     and (e.sequence, o.sequence) in ((2, 4), (4, 2))`,
    of('event', 'differs', { batch: 2, firstSequence: 2, lastSequence: 4 }),
  ],
  [
    `update batch set root = hash ${where} and batch = 3`,
    of('batch', 'differs', { batch: 3 }, { what: 'root' }),
  ],
  [
    `update batch set hash = root ${where} and batch = 3`,
    of('batch', 'differs', { batch: 3 }, { what: 'hash' }),
  ],
  [
    `update batch set recorded_at = now() ${where} and batch = 3`,
    of('event', 'differs', { batch: 3, sequence: 5 }, { what: 'recorded_at' }),
  ],
  [`update batch set last_sequence = 3 ${where} and batch = 2`, of('batch', 'differs', { batch: 2 })],
  [`delete from batch ${where} and batch = 2`, of('batch', 'missing', { batch: 2 })],
  [`delete from batch ${where}`, of('event', 'unexpected', { sequence: 1 }, { what: 'in no batch' })],
  [`delete from batch ${where} and batch = 7`, of('batch', 'missing', { batch: 7, checkpoint: 7 })],
  [
    `insert into batch select ledger_id, 9000000000000, 10, 10, root, hash, recorded_at from batch ${where}
     and batch = 7`,
    of('batch', 'missing', { batch: 8 }),
  ],
  [
    `update batch b set root = o.root, hash = o.hash from batch o where b.ledger_id = $1 and o.ledger_id = $1
     and (b.batch, o.batch) in ((4, 5), (5, 4))`,
    of('batch', 'differs', { batch: 4 }),
  ],
  [`update ledger_head set sequence = 8 ${where}`, of('ledger_head', 'differs', {}, { what: 'sequence' })],
  [`update ledger_head set last_transaction_id = 9 ${where}`, of('ledger_head', 'differs', {})],
  [
    `update ledger_head set last_batch = 6 ${where}`,
    of('ledger_head', 'differs', {}, { what: 'last_batch' }),
  ],
  [`update ledger_head set hash = sha256('x') ${where}`, of('ledger_head', 'differs', {}, { what: 'hash' })],
  [`delete from ledger_head ${where}`, of('ledger_head', 'missing', {})],
  [`delete from checkpoint ${where} and size = 3`, of('checkpoint', 'missing', { checkpoint: 3 })],
  [
    `update checkpoint set note = replace(note, 'sequence 5', 'sequence 4') ${where} and size = 3`,
    of('checkpoint', 'differs', { checkpoint: 3 }, { found: 'bad-signature' }),
  ],
  [
    `update checkpoint c set note = o.note from checkpoint o where c.ledger_id = $1 and o.ledger_id = $1
     and c.size = 3 and o.size = 7`,
    of('checkpoint', 'differs', { checkpoint: 3 }, { found: 'another-size' }),
  ],
  [
    `insert into batch_tree_node values ($1, 1, 0, sha256('x'))`,
    of('batch_tree_node', 'unexpected', { node: '1/0' }),
  ],
];

const PROJECTIONS: readonly Case[] = [
  [
    `update posting set amount = amount + 1 ${where} and sequence = 3`,
    of('posting', 'differs', { sequence: 3, position: 0 }, { what: 'amount' }),
  ],
  [
    `update posting set source = destination, destination = source ${where} and sequence = 3`,
    of('posting', 'differs', { sequence: 3 }),
  ],
  [
    `update posting set effective_at = now() ${where} and sequence = 9`,
    of('posting', 'differs', { sequence: 9 }, { what: 'effective_at' }),
  ],
  [`delete from posting ${where} and sequence = 6`, of('posting', 'missing', { sequence: 6, position: 0 })],
  [`delete from posting ${where}`, of('posting', 'missing', { sequence: 9 })],
  [
    `insert into posting select ledger_id, 99, 0, 1, now(), 'a', 'b', 'X', 1 from ledger ${where}`,
    of('posting', 'unexpected', { sequence: 99 }),
  ],
  [
    `insert into posting select ledger_id, 5, 0, 5, now(), 'a', 'b', 'X', 1 from ledger ${where}`,
    of('posting', 'unexpected', { sequence: 5 }),
  ],
  [
    `update posting p set amount = o.amount from posting o where p.ledger_id = $1 and o.ledger_id = $1
     and (p.sequence, o.sequence) in ((2, 3), (3, 2))`,
    of('posting', 'differs', { sequence: 2 }),
  ],
  [
    `update balance set input = input + 1 ${where} and account = 'users:300'`,
    of(
      'balance',
      'differs',
      { account: 'users:300', asset: 'TRY/2' },
      { what: 'input', expected: '300', found: '301' },
    ),
  ],
  [
    `update balance set pending_out = 0 ${where} and account = 'users:1'`,
    of('balance', 'differs', { account: 'users:1' }, { what: 'pending_out' }),
  ],
  [
    `update balance set sequence = 0 ${where} and account = 'users:1'`,
    of('balance', 'differs', { account: 'users:1' }, { what: 'sequence' }),
  ],
  [
    `update balance set first_sequence = 8 ${where} and account = 'users:1'`,
    of('balance', 'differs', { account: 'users:1' }, { what: 'first_sequence' }),
  ],
  [`delete from balance ${where} and account = 'hotel'`, of('balance', 'missing', { account: 'hotel' })],
  [`delete from balance ${where}`, of('balance', 'missing', { account: 'world' })],
  [
    `update balance set account = 'thief' ${where} and account = 'users:400'`,
    of('balance', 'unexpected', { account: 'thief' }),
  ],
  [
    `update balance b set input = o.input, output = o.output from balance o where b.ledger_id = $1
     and o.ledger_id = $1 and (b.account, o.account) in (('users:300', 'users:400'), ('users:400', 'users:300'))`,
    of('balance', 'differs', { account: 'users:400' }),
  ],
  [
    `update transaction set status = 'voided' ${where} and transaction_id = 5`,
    of('transaction', 'differs', { transaction: 5, sequence: 5 }, { what: 'status' }),
  ],
  [
    `update transaction set reverted_by = null ${where} and transaction_id = 2`,
    of('transaction', 'differs', { transaction: 2 }, { what: 'reverted_by' }),
  ],
  [
    `update transaction set reference = 'r-2' ${where} and transaction_id = 1`,
    of('transaction', 'differs', { transaction: 1 }, { what: 'reference' }),
  ],
  [
    `update transaction set metadata = '{"order": "8"}' ${where} and transaction_id = 1`,
    of('transaction', 'differs', { transaction: 1 }, { what: 'metadata' }),
  ],
  [
    `update transaction set effective_at = now() ${where} and transaction_id = 1`,
    of('transaction', 'differs', { transaction: 1 }),
  ],
  [
    `update transaction set expires_at = now() ${where} and transaction_id = 5`,
    of('transaction', 'differs', { transaction: 5 }),
  ],
  [
    `delete from transaction ${where} and transaction_id = 3`,
    of('transaction', 'missing', { transaction: 3 }),
  ],
  [`delete from transaction ${where}`, of('transaction', 'missing', { transaction: 7 })],
  [
    `update transaction set transaction_id = 99 ${where} and transaction_id = 7`,
    of('transaction', 'unexpected', { transaction: 99 }),
  ],
  [
    `update hold set remaining = 0 ${where}`,
    of('hold', 'differs', { transaction: 5, position: 0 }, { what: 'remaining', expected: '30' }),
  ],
  [`update hold set captured = 0 ${where}`, of('hold', 'differs', { transaction: 5 }, { what: 'captured' })],
  [`delete from hold ${where}`, of('hold', 'missing', { transaction: 5, position: 0 })],
  [
    `insert into hold select ledger_id, 6, 0, 'a', 'b', 'X', 1, 0, 1 from ledger ${where}`,
    of('hold', 'unexpected', { transaction: 6 }),
  ],
  [
    `update account set metadata = '{}' ${where} and address = 'users:1'`,
    of('account', 'differs', { account: 'users:1' }, { what: 'metadata' }),
  ],
  [
    `update account set first_sequence = 2 ${where} and address = 'users:1'`,
    of('account', 'differs', { account: 'users:1' }),
  ],
  [
    `update account set inserted_at = now() ${where} and address = 'users:1'`,
    of('account', 'differs', { account: 'users:1' }),
  ],
  [`delete from account ${where}`, of('account', 'missing', { account: 'hotel' })],
  [
    `insert into account select ledger_id, 'ghost', 1, now() from ledger ${where}`,
    of('account', 'unexpected', { account: 'ghost' }),
  ],
  [
    `update pending_entry set pending_out = 1 ${where} and account = 'users:1'`,
    of('pending_entry', 'differs', { account: 'users:1', sequence: 5 }),
  ],
  [`delete from pending_entry ${where}`, of('pending_entry', 'missing', { account: 'hotel', sequence: 6 })],
  [
    `insert into pending_entry values ($1, 'ghost', 'X', 1, 0, 0)`,
    of('pending_entry', 'unexpected', { account: 'ghost' }),
  ],
  [
    `update dated_entry set input = input + 1 ${where}`,
    of('dated_entry', 'differs', { account: 'users:1', sequence: 9 }),
  ],
  [`delete from dated_entry ${where}`, of('dated_entry', 'missing', { account: 'world', sequence: 9 })],
  [`update dated_hour set input = input + 1 ${where}`, of('dated_hour', 'differs', { account: 'users:1' })],
  [`delete from dated_hour ${where}`, of('dated_hour', 'missing', { account: 'users:1' })],
  [
    `update refused_key set idempotency_key = 'k-1' ${where}`,
    of('refused_key', 'unexpected', { key: 'k-1' }),
  ],
  [`insert into account_count values ($1, 9, 99)`, of('account_count', 'differs', {})],
  [`insert into relay_checkpoint values ($1, 'kafka', 99)`, of('relay_checkpoint', 'differs', {})],
];

describe('a superuser who changes one thing is found, with the place', () => {
  it.each([...LOG, ...PROJECTIONS])('%s', async (sql, finding) => {
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
    await expect(signer?.sign(await superuser.idOf(name))).rejects.toThrow(
      '7 batches were signed, 3 are there',
    );
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
