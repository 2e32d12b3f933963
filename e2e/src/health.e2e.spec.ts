import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@defter/cli';
import { SERVICES, type Stack, startStack } from '@defter/embedded';

const dir = mkdtempSync(join(tmpdir(), 'defter-health-'));
const names = SERVICES.map(({ name }) => name);
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ dir, env: { LOG_LEVEL: 'fatal' } });
}, 180_000);
afterAll(async () => {
  await stack?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const health = async (name: (typeof names)[number], headers: Record<string, string> = {}) => {
  const answer = await fetch(`${stack.service(name).url}/api/health`, { headers });
  const type = answer.headers.get('content-type');
  return { status: answer.status, type: type?.split(';')[0], text: await answer.text() };
};
const healthy = { status: 200, type: 'application/json', text: '{"status":"healthy"}' };

describe.each(names)('/api/health of %s', (name) => {
  it('answers whoever asks, with a key or without', async () => {
    expect(await health(name)).toEqual(healthy);
    expect(await health(name, { authorization: 'Bearer dk_nobody' })).toEqual(healthy);
  });

  it('only that: what is below it is no page, and it takes no other method', async () => {
    const url = `${stack.service(name).url}/api/health`;
    // 401 where nothing is told to strangers, not even that it isn't there.
    expect([401, 404]).toContain((await fetch(`${url}/x`)).status);
    expect([401, 404, 405]).toContain((await fetch(url, { method: 'POST' })).status);
  });
});

it('stays so while the database is away: a load balancer must not take everything out at once', async () => {
  await stack.postgres.kill();
  try {
    await until('the ledger not to be ready', async () => {
      const { status } = await fetch(`${stack.service('ledger').managementUrl}/readyz`);
      return status === 503 ? true : undefined;
    });
    for (const name of names) expect({ name, ...(await health(name)) }).toEqual({ name, ...healthy });
  } finally {
    await stack.postgres.start();
  }
}, 60_000);
