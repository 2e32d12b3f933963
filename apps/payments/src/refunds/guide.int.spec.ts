/** Runs the shell lines of docs/guides/refund-a-payment.md against running payments. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { scratchFolder } from '@defter/testing';
import { TestPayments, tokens } from '../testing/test-payments.js';

const guide = readFileSync(join(import.meta.dirname, '../../../../docs/guides/refund-a-payment.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([^\`]*)\`\`\``, 'g'))].map(([, text = '']) => text);

let payments: TestPayments;
let booking: NodeJS.Timeout;
beforeAll(async () => {
  payments = await TestPayments.start();
  // The ledger's part: it books what it is asked for.
  booking = setInterval(() => void payments.bookDeposits().catch(() => undefined), 300);
});
afterAll(async () => {
  clearInterval(booking);
  await payments.stop();
});

it('the lines of the guide do what it says', async () => {
  const [, lines = ''] = blocks('sh');
  expect(lines).toContain('refund()');
  const options = {
    cwd: scratchFolder('guide'),
    env: { PATH: process.env['PATH'], PAYMENTS: payments.instances[0]?.url, KEY: tokens.machine },
    timeout: 150_000,
  };
  const { stdout } = await promisify(execFile)('bash', ['-c', `set -euo pipefail\n${lines}`], options);
  const [expected = ''] = blocks('text');
  expect(stdout.replaceAll(/^\S+: /gm, '')).toBe(expected);
}, 180_000);
