import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LedgerClient, ProofClient, type VerificationLine } from '@defter/client';
import { CHECKOUT, identify, type Stack, startStack } from '@defter/embedded';
import { eventually } from '@defter/testing';
import pg from 'pg';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const AUDITOR = join(CHECKOUT, 'docs/guides/verify-proof.mjs');

let dir: string;
let stack: Stack;
let proofs: ProofClient;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'defter-verify-'));
  const none = { payments: 0, 'webhook-ingress': 0, reconciliation: 0, 'mock-psp': 0 };
  stack = await startStack({ dir, replicas: none, ports: 'free', env: { LOG_LEVEL: 'warn' } });
  const connection = { url: stack.service('ledger').url, token: stack.tenant.apiKey };
  proofs = new ProofClient(connection);
  const ledger = new LedgerClient(connection);
  await ledger.open('main');
  for (let amount = 1; amount <= 3; amount++) {
    const postings = [{ source: 'world', destination: 'users:1', amount, asset: 'TRY/2' }];
    await ledger.createTransaction('main', { postings }, `deposit-${amount}`);
  }
  writeState();
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** What `./defter up` leaves for other commands. */
const writeState = (): void => {
  const urls = { postgres: stack.postgres.url, settingsFile: join(dir, 'settings.json') };
  const status = { services: [], tenant: stack.tenant, urls };
  writeFileSync(join(dir, 'state.json'), JSON.stringify({ supervisor: identify(process.pid), status }));
};
const run = async (program: string, args: string[], input = ''): Promise<{ code: number; text: string }> => {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, DEFTER_DIR: dir },
    stdio: 'pipe',
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (text += data.toString()));
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number];
  return { code, text };
};
const linesOf = async (held?: string): Promise<VerificationLine[]> => {
  const lines: VerificationLine[] = [];
  for await (const line of proofs.verify('main', held)) lines.push(line);
  return lines;
};

describe('a stack as it comes up', () => {
  it('signs checkpoints without anybody doing anything, and its proofs convince an auditor', async () => {
    const checkpoint = await eventually(async () => {
      const { value: latest } = await proofs.checkpoints('main').next();
      expect(latest).toMatchObject({ sequence: 3, origin: `defter.local/${stack.tenant.id}/main` });
      return latest;
    });
    const [key] = await proofs.keys();
    const trusted = [key?.key ?? '', checkpoint?.origin ?? ''];
    const proof = await proofs.ofTransaction('main', 2);
    const told = await run(AUDITOR, [...trusted, 'inclusion'], JSON.stringify({ data: proof }));
    expect(told).toMatchObject({ code: 0, text: expect.stringContaining('Event 2 ') as unknown });
    const again = await proofs.ofLog('main', 3, checkpoint?.size);
    expect((await run(AUDITOR, [...trusted, 'inclusion'], JSON.stringify({ data: again }))).code).toBe(0);
  });

  it('is verified over REST and by ./defter verify, also against a kept checkpoint', async () => {
    const { note } = await proofs.sign('main');
    expect((await linesOf(note)).at(-1)?.summary).toMatchObject({ sequence: 3, findings: 0 });
    const kept = join(dir, 'kept.txt');
    writeFileSync(kept, note);
    const clean = await run(MAIN, ['verify', '--checkpoint', kept]);
    expect(clean).toMatchObject({
      code: 0,
      text: expect.stringContaining('All of it is as it must be') as unknown,
    });
    expect(clean.text).not.toContain('Warning');
    expect((await run(MAIN, ['verify', '--tenant-id', stack.tenant.id, '--json'])).code).toBe(0);
  });

  it('tells what a superuser changed', async () => {
    const url = new URL(stack.postgres.url);
    url.pathname = '/ledger';
    const superuser = new pg.Client({ connectionString: url.href });
    await superuser.connect();
    await superuser.query(`update posting set amount = 99 where sequence = 2`);
    await superuser.end();
    const found = (await linesOf()).flatMap(({ finding }) => finding ?? []);
    expect(found).toMatchObject([{ table: 'posting', at: { sequence: 2 }, expected: '2', found: '99' }]);
    const spoiled = await run(MAIN, ['verify', '--ledger', 'main']);
    expect(spoiled.code).toBe(1);
    expect(spoiled.text).toContain(
      'posting differs · sequence 2 · position 0 · amount · expected 2 · found 99',
    );
    expect((await run(MAIN, ['verify', '--ledger', 'nobody'])).code).toBe(64);
  });
});
