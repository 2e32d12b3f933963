/** Runs the shell lines of docs/guides/send-with-a-script.md against a running ledger. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { scratchFolder } from '@defter/testing';
import { TestLedger } from '../ledger.fixture.js';

const guide = readFileSync(
  join(import.meta.dirname, '../../../../docs/guides/send-with-a-script.md'),
  'utf8',
);
const blocks = (language: string): string[] =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([^\`]*)\`\`\``, 'g'))].map(([, text = '']) => text);

/** `api` as the quick start defines it; a refusal ends the run. */
const API = `set -euo pipefail
JSON='Content-Type: application/json'
api() { curl -sS --fail-with-body -H "Authorization: Bearer $KEY" -H "$JSON" "$@"; echo; }
`;

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await TestLedger.start();
  await ledger.open('quickstart');
  await ledger.transfer('quickstart', { from: 'world', to: 'users:ayse:main', amount: 6000 });
});
afterAll(() => ledger.stop());

it('the lines of the guide do what it says', async () => {
  const options = {
    cwd: scratchFolder('guide'),
    env: { PATH: process.env['PATH'], LEDGER: ledger.replicas[0]?.url, KEY: ledger.tokens.one },
    timeout: 30_000,
  };
  const { stdout } = await promisify(execFile)('bash', ['-c', API + blocks('sh').join('\n')], options);
  const [expected] = blocks('json');
  expect(JSON.parse(stdout)).toEqual(JSON.parse(expected ?? ''));
  expect((await ledger.balance('quickstart', 'users:ayse:main')).available).toBe(6000 - 1499);
  expect((await ledger.balance('quickstart', 'shops:12')).available).toBe(1949);
});
