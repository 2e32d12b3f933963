/** Runs the shell lines of docs/guides/balance-at-a-date.md against a running ledger. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { scratchFolder } from '@defter/testing';
import { TestLedger } from '../ledger.fixture.js';

const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guides/balance-at-a-date.md'), 'utf8');

/** `api` as the quick start defines it; a refusal ends the run. */
const API = `set -euo pipefail
api() {
  curl -sS --fail-with-body -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' "$@"; echo
}
`;

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start();
  await ledger.open('quickstart');
  await ledger.transfer('quickstart', { from: 'world', to: 'users:ayse:main', amount: 6000 });
});
afterAll(() => ledger.stop());

it('the lines of the guide do what it says', async () => {
  const lines = [...guide.matchAll(/```sh\n([^`]*)```/g)].map(([, text = '']) => text);
  const options = {
    cwd: scratchFolder('guide'),
    env: { PATH: process.env['PATH'], LEDGER: ledger.replicas[0]?.url, KEY: ledger.tokens.one },
    timeout: 30_000,
  };
  const { stdout } = await promisify(execFile)('bash', ['-c', API + lines.join('\n')], options);
  const answers = stdout.trim().split('\n');
  const [created, then, known, statement, volumes, sums] = answers.map((text) => JSON.parse(text) as object);
  expect(created).toMatchObject({
    data: { postCommitEffectiveVolumes: { 'users:ayse:main': { 'TRY/2': { balance: 700 } } } },
  });
  expect(then).toMatchObject({ data: [{ asset: 'TRY/2', posted: 700, available: 700 }] });
  expect(known).toEqual({ data: [] });
  expect(statement).toMatchObject({
    statement: { balances: [{ opening: { balance: 0 }, closing: { balance: 700 } }] },
    cursor: { data: [{ change: 700, running: { balance: 700 } }] },
  });
  expect(volumes).toMatchObject({
    cursor: {
      data: [
        { account: 'users:ayse:main', balance: 700 },
        { account: 'world', balance: -700 },
      ],
    },
  });
  expect(sums).toEqual({ data: { 'TRY/2': 700 } });
});
