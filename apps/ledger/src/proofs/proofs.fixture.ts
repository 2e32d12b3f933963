/** An auditor: the program of the guide, run as the auditor would run it. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestLedger } from '../ledger.fixture.js';

const PROGRAM = fileURLToPath(new URL('../../../../docs/guides/verify-proof.mjs', import.meta.url));

export interface Verdict {
  readonly proven: boolean;
  readonly exitCode: number | null;
  readonly said: string;
}

/** What the auditor's program says about a proof. */
export const audit = (
  kind: 'inclusion' | 'consistency',
  proof: string,
  { key, origin }: { readonly key: string; readonly origin: string },
): Promise<Verdict> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [PROGRAM, key, origin, kind], { stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ proven: code === 0, exitCode: code, said }));
    child.stdin.end(proof);
  });

/** The verifier key that the service says it signs with. */
export const verifierKey = async (ledger: TestLedger): Promise<string> => {
  const { body } = await ledger.call('GET', '/v2/_checkpoint-keys', { token: '' });
  return (body as { data: { key: string }[] }).data[0]?.key ?? '';
};

export interface SignedCheckpoint {
  readonly size: number;
  readonly sequence: number;
  readonly origin: string;
  readonly note: string;
}

/** Signs the head now. */
export const signNow = async (ledger: TestLedger, name: string): Promise<SignedCheckpoint> => {
  const answer = await ledger.call('POST', `/v2/${name}/checkpoints`);
  if (answer.status !== 200) throw new Error(answer.text);
  return (answer.body as { data: SignedCheckpoint }).data;
};
