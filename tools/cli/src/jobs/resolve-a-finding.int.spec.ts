/** Runs the shell lines of docs/guides/resolve-a-finding.md against a stack with two of reconciliation. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CHECKOUT, type Stack, startStack } from '@defter/embedded';
import { eventually } from '@defter/testing';
import pg from 'pg';

const guide = readFileSync(join(CHECKOUT, 'docs/guides/resolve-a-finding.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...guide.matchAll(new RegExp(`\`\`\`${language}\\n([^\`]*)\`\`\``, 'g'))].map(([, text = '']) => text);

let dir: string;
let stack: Stack;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'defter-resolve-'));
  const replicas = { reconciliation: 2, 'webhook-delivery': 0 };
  stack = await startStack({ dir, replicas, ports: 'free', env: { LOG_LEVEL: 'warn' } });
}, 300_000);
afterAll(async () => {
  await stack?.stop();
  rmSync(dir, { recursive: true, force: true });
});

it('the lines of the guide do what it says', async () => {
  const [, lines = ''] = blocks('sh');
  expect(lines).toContain('propose()');
  const [ayse, mehmet] = stack.tenant.people;
  const env = {
    PATH: process.env['PATH'],
    ...{ PAYMENTS: stack.service('payments').url, RECONCILIATION: stack.service('reconciliation').url },
    ...{ LEDGER: stack.service('ledger').url, KEY: stack.tenant.apiKey },
    CONNECTION: stack.tenant.connection.id,
    ...{ AYSE: ayse?.token, MEHMET: mehmet?.token },
  };
  const options = { cwd: dir, env, timeout: 200_000 };
  const { stdout } = await promisify(execFile)('bash', ['-c', `set -euo pipefail\n${lines}`], options);
  const [expected = ''] = blocks('text');
  expect(stdout).toBe(expected);
}, 240_000);

it('and what the ledger booked has come back over Kafka, once', async () => {
  const url = new URL(stack.postgres.url);
  url.pathname = '/reconciliation';
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await eventually(
      async () => {
        const { rows } = await client.query<Record<string, unknown>>(
          `select j.source, p.status from proposal p
             join journal_entry j on j.transaction_id = p.transaction_id
              and j.reference = 'correction:' || p.finding_id || ':' || p.proposal_id`,
        );
        expect(rows).toEqual([{ source: `psp:${stack.tenant.connection.id}:receivable`, status: 'booked' }]);
      },
      { timeoutMs: 60_000 },
    );
  } finally {
    await client.end();
  }
}, 90_000);
