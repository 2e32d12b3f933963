/** Runs the shell lines of docs/guides/roll-out-enforcement.md against a running ledger. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { scratchFolder } from '@defter/testing';
import { TestLedger } from '../ledger.fixture.js';

const guide = readFileSync(
  join(import.meta.dirname, '../../../../docs/guides/roll-out-enforcement.md'),
  'utf8',
);

/** `api` as the quick start defines it; a refusal ends the run. */
const API = `set -euo pipefail
json='Content-Type: application/json'
api() { curl -sS --fail-with-body -H "Authorization: Bearer $KEY" -H "$json" "$@"; echo; }
`;

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start();
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
  const answers = stdout.split('\n').filter((line) => line !== '');
  const [shadow, paid, listed, , compared, enforce, back] = answers.map((text) => JSON.parse(text) as object);
  expect(shadow).toMatchObject({ data: { mode: 'shadow' } });
  expect(paid).toMatchObject({ data: { wouldRefuse: { code: 'insufficient-funds' } } });
  expect(listed).toMatchObject({
    cursor: {
      data: [
        { kind: 'balance', expected: 2000, actual: -3000 },
        { kind: 'refusal', refusal: { code: 'insufficient-funds', needed: '3000', available: '0' } },
      ],
    },
  });
  expect(compared).toMatchObject({ data: { compared: 1, mismatches: [] } });
  expect([enforce, back]).toMatchObject([{ data: { mode: 'enforce' } }, { data: { mode: 'shadow' } }]);
});
