import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger, Lifecycle, Metrics } from '@defter/platform';
import { eventually } from '@defter/testing';
import type { LedgerConfig } from '../config.js';
import { checkpointKey, TestLedger } from '../ledger.fixture.js';
import { CheckpointKeys } from './checkpoint-keys.js';
import { CheckpointReader } from './checkpoint.read.js';
import { CheckpointSigner } from './checkpoint-signer.js';
import { CheckpointSigning, CheckpointTools } from './checkpoint-signing.js';
import { audit, signNow, verifierKey } from './proofs.fixture.js';
import { encodeVerifierKey } from './signed-note.js';
import { Superuser } from './verify/verify.fixture.js';

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

/** Signing as the worker does it, in this process. */
const startSigning = (env: Partial<LedgerConfig>): { lifecycle: Lifecycle; metrics: Metrics } => {
  const logger = createLogger('test', 'silent');
  const [lifecycle, metrics] = [new Lifecycle(logger), new Metrics('test')];
  const keys = new CheckpointKeys({
    checkpointName: 'defter.local',
    checkpointKey: undefined,
    checkpointKeyFile: undefined,
    checkpointPublicKeys: [],
    ...env,
  });
  const { database } = ledger.database;
  const config = { checkpointIntervalMs: 50 } as LedgerConfig;
  const tools = new CheckpointTools(lifecycle, logger, metrics);
  void new CheckpointSigning(config, database, new CheckpointSigner(database, keys), tools);
  return { lifecycle, metrics };
};
const latest = async (name: string) =>
  new CheckpointReader(ledger.database.database).latest(await superuser.idOf(name));
const deposit = (name: string) => ledger.transfer(name, { from: 'world', to: 'users:1', amount: 1 });
const valueOf = async (metrics: Metrics, name: string): Promise<number> => {
  const all = await metrics.registry.getMetricsAsJSON();
  const found = all.find((metric) => metric.name === name) as { values: { value: number }[] } | undefined;
  return found?.values[0]?.value ?? 0;
};

describe('the worker', () => {
  it('signs what changed; two at once do it once; what was tampered with stops nobody else', async () => {
    const key = checkpointKey();
    for (const name of ['one', 'two', 'spoiled']) await ledger.open(name);
    const workers = [startSigning({ checkpointKey: key }), startSigning({ checkpointKey: key })];
    await Promise.all(workers.map(({ lifecycle }) => lifecycle.start()));
    for (let round = 1; round <= 10; round++) {
      await Promise.all([deposit('one'), deposit('two'), deposit('spoiled')]);
      for (const name of ['one', 'two', 'spoiled'])
        await eventually(async () => expect((await latest(name))?.size).toBe(round));
    }
    await superuser.spoil(
      'spoiled',
      `update batch set hash = sha256('x') where ledger_id = $1 and batch = 10`,
    );
    await Promise.all([deposit('one'), deposit('two'), deposit('spoiled')]);
    for (const name of ['one', 'two'])
      await eventually(async () => expect((await latest(name))?.size).toBe(11));
    for (const { metrics } of workers)
      await eventually(async () => expect(await valueOf(metrics, 'defter_ledger_unsigned_ledgers')).toBe(1));
    expect((await latest('spoiled'))?.size).toBe(10);
    await Promise.all(workers.map(({ lifecycle }) => lifecycle.stop()));
    const signed = await Promise.all(
      workers.map(({ metrics }) => valueOf(metrics, 'defter_ledger_checkpoints_total')),
    );
    expect(signed.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(32);
  });

  it('signs no batch that is not what its events give, and says which', async () => {
    const changes = [
      `update event set payload = replace(payload::text, '"1"', '"9"')::json
       where ledger_id = $1 and sequence = 3`,
      `delete from event where ledger_id = $1 and sequence = 3`,
      `update event set batch = 2 where ledger_id = $1 and sequence = 3`,
    ];
    for (const [index, change] of changes.entries()) {
      const name = `edited-${index}`;
      await ledger.open(name);
      await deposit(name);
      await signNow(ledger, name);
      for (let more = 0; more < 3; more++) await deposit(name);
      await superuser.spoil(name, change);
      const refused = await ledger.call('POST', `/v2/${name}/checkpoints`);
      expect([refused.status, refused.body.code]).toEqual([500, 'history-broken']);
      const id = await superuser.idOf(name);
      const signer = ledger.replicas[0]?.get(CheckpointSigner);
      await expect(signer?.sign(id)).rejects.toThrow(index === 2 ? /^Batch 2 / : /^Batch 3 /);
      expect((await latest(name))?.size).toBe(1);
    }
  });

  it('without a key signs nothing, and starts all the same', async () => {
    const { lifecycle } = startSigning({});
    await lifecycle.start();
    await lifecycle.stop();
  });

  it('does not start with two keys, with what is no key, or with no Ed25519 key', () => {
    const key = checkpointKey();
    expect(() => startSigning({ checkpointKey: key, checkpointKeyFile: '/tmp/key' })).toThrow('one of them');
    expect(() => startSigning({ checkpointKey: 'secret' })).toThrow('CHECKPOINT_KEY must be a private key');
    expect(() => startSigning({ checkpointKeyFile: '/nonexistent' })).toThrow('CHECKPOINT_KEY_FILE');
    expect(() => startSigning({ checkpointPublicKeys: ['x'] })).toThrow('CHECKPOINT_PUBLIC_KEYS must be');
  });
});

describe('a new key', () => {
  it('goes on from what the old one signed, whose public part still counts', async () => {
    await ledger.open('rotated');
    await deposit('rotated');
    const old = await signNow(ledger, 'rotated');
    const oldKey = await verifierKey(ledger);
    const names = { checkpointName: 'defter.local', checkpointKeyFile: undefined };
    const without = new CheckpointKeys({
      ...names,
      checkpointKey: checkpointKey(),
      checkpointPublicKeys: [],
    });
    const fresh = new CheckpointKeys({
      ...names,
      checkpointKey: checkpointKey(),
      checkpointPublicKeys: [oldKey],
    });
    expect(fresh.all.map(encodeVerifierKey)).toContain(oldKey);
    await deposit('rotated');
    const id = await superuser.idOf('rotated');
    const { database } = ledger.database;
    await expect(new CheckpointSigner(database, without).sign(id)).rejects.toThrow('unknown-key');
    expect(await new CheckpointSigner(database, fresh).sign(id)).toBe('signed');
    const { body, text } = await ledger.call('GET', '/v2/rotated/logs/2/proof');
    expect(body.data.checkpoint.size).toBe(old.size + 1);
    const newKey = fresh.signer === undefined ? '' : encodeVerifierKey(fresh.signer);
    const origin = 'defter.local/t_one/rotated';
    expect((await audit('inclusion', text, { key: newKey, origin })).proven).toBe(true);
    expect((await audit('inclusion', text, { key: oldKey, origin })).proven).toBe(false);
  });
});
