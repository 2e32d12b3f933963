import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '@defter/testing';
import { checkpointKey, TestLedger } from '../../ledger.fixture.js';
import { signNow } from '../proofs.fixture.js';
import { Superuser } from './verify.fixture.js';
import { verifyJob } from './verify.job.js';

const KEY = checkpointKey();
let ledger: TestLedger;
let superuser: Superuser;
beforeAll(async () => {
  ledger = await TestLedger.start({ env: { CHECKPOINT_KEY: KEY } });
  superuser = new Superuser(ledger);
  await ledger.open('main');
  for (let amount = 1; amount <= 5; amount++)
    await ledger.transfer('main', { from: 'world', to: 'users:1', amount });
});
afterAll(async () => {
  await superuser.close();
  await ledger.stop();
});

/** The lines of an answer; a test's own call parses whole bodies only. */
const verify = async (name: string, body?: object, token = ledger.tokens.reader) => {
  const response = await fetch(`${ledger.replicas[0]?.url}/v2/${name}/verify`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>);
  return { status: response.status, type: response.headers.get('content-type'), lines };
};
const job = async (...args: string[]) => {
  const lines: string[] = [];
  const env = { CHECKPOINT_KEY: KEY };
  const owner = superuser.database;
  const code = await verifyJob({ args, owner, env, print: (line) => lines.push(line) });
  return { code, lines };
};

describe('POST …/verify', () => {
  it('answers lines, the last of them a summary', async () => {
    const { note } = await signNow(ledger, 'main');
    const { status, type, lines } = await verify('main', { checkpoint: note });
    expect([status, type]).toEqual([200, 'application/x-ndjson']);
    expect(lines.at(-1)).toMatchObject({
      summary: { ledger: 'main', sequence: 5, findings: 0, checkpoints: 1 },
    });
  });

  it('tells each finding', async () => {
    await ledger.open('spoiled');
    await ledger.transfer('spoiled', { from: 'world', to: 'users:1', amount: 7 });
    await superuser.spoil(
      'spoiled',
      `update balance set output = 8 where ledger_id = $1 and account = 'world'`,
    );
    const { lines } = await verify('spoiled');
    expect(lines).toContainEqual({
      finding: {
        table: 'balance',
        kind: 'differs',
        at: { account: 'world', asset: 'TRY/2' },
        what: 'output',
        expected: '7',
        found: '8',
      },
    });
    expect(lines.at(-1)).toMatchObject({ summary: { findings: 1, findingsByTable: { balance: 1 } } });
  });

  it('refuses what it does not know', async () => {
    expect((await verify('nobody')).status).toBe(404);
    expect((await verify('main', { checkpoint: 'x' })).status).toBe(400);
    expect((await verify('main', { other: 1 })).status).toBe(400);
    expect((await verify('main', undefined, ledger.tokens.two)).status).toBe(404);
  });

  it('runs once at a time for each ledger, and again after that', async () => {
    const session = await superuser.database.session();
    const key = `defter verify ${await superuser.idOf('main')}`;
    await session.query('select pg_advisory_lock(hashtextextended($1, 0))', [key]);
    const { status, lines } = await verify('main');
    expect([status, lines[0]?.['code']]).toEqual([409, 'verification-runs']);
    await session.query('select pg_advisory_unlock(hashtextextended($1, 0))', [key]);
    session.release(true);
    expect((await verify('main')).status).toBe(200);
    expect((await verify('main')).status).toBe(200);
  });
});

describe('the job', () => {
  it('says that all is well, or what is not, and its exit code too', async () => {
    const clean = await job('--tenant-id', 't_one', '--ledger', 'main');
    expect(clean).toMatchObject({ code: 0 });
    expect(clean.lines.at(-1)).toBe('All of it is as it must be');
    const spoiled = await job('--tenant-id', 't_one', '--ledger', 'spoiled');
    expect(spoiled.code).toBe(1);
    expect(spoiled.lines).toContain(
      'balance differs · account world · asset TRY/2 · output · expected 7 · found 8',
    );
    const json = await job('--tenant-id', 't_one', '--ledger', 'spoiled', '--json');
    expect(JSON.parse(json.lines.at(-1) ?? '')).toMatchObject({ summary: { findings: 1 } });
  });

  it('takes the checkpoint that somebody kept', async () => {
    const { note } = await signNow(ledger, 'main');
    const file = join(scratchFolder('held'), 'checkpoint.txt');
    writeFileSync(file, note);
    const what = ['--tenant-id', 't_one', '--ledger', 'main', '--checkpoint', file];
    expect((await job(...what)).code).toBe(0);
    writeFileSync(file, note.replace('sequence 5', 'sequence 6'));
    expect((await job(...what)).code).toBe(1);
    writeFileSync(file, 'nothing');
    expect((await job(...what)).code).toBe(64);
  });

  it('refuses wrong usage and unknown ledgers', async () => {
    expect((await job('--ledger', 'main')).code).toBe(64);
    expect((await job('--tenant-id', 't_one', '--ledger', 'main', '--fast')).code).toBe(64);
    const { code, lines } = await job('--tenant-id', 't_one', '--ledger', 'nobody');
    expect([code, lines]).toEqual([64, ['Tenant t_one has no ledger nobody']]);
  });
});
