/** Runs the code of docs/guides/receive-webhooks.md against a running service. */
import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { scratchFolder } from '@defter/testing';
import { newSecret, signatureHeader } from './signature.js';
import { DeliveryStand, tokens } from './testing/delivery-stand.js';

jest.setTimeout(120_000);
const root = join(import.meta.dirname, '../../..');
const guide = readFileSync(join(root, 'docs/guides/receive-webhooks.md'), 'utf8');
const folder = scratchFolder('guide');

let stand: DeliveryStand;
beforeAll(async () => {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [, name = '', text = ''] of guide.matchAll(/```js file=(\S+)\n([^]*?)```/g))
    writeFileSync(join(folder, name), text);
  stand = await DeliveryStand.start();
});
afterAll(() => stand.stop());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('the lines of the guide do what it says', async () => {
  const lines = [...guide.matchAll(/```sh\n([^]*?)```/g)].map(([, text = '']) => text);
  const env = {
    ...{ PATH: process.env['PATH'], WEBHOOKS: stand.app.url, KEY: tokens.one },
    PORT: `${await freePort()}`,
  };
  const options = { cwd: folder, env, timeout: 90_000 };
  const { stdout } = await promisify(execFile)(
    'bash',
    ['-c', `set -euo pipefail\n${lines.join('\n')}`],
    options,
  );
  const [first] = (JSON.parse(stdout) as { data: object[] }).data;
  expect(first).toMatchObject({ type: 'webhook.test', attempts: 1 });
  expect(readFileSync(join(folder, 'received.txt'), 'utf8')).toMatch(
    /^listening\nmsg_[0-9a-f]{32} webhook\.test\n$/,
  );
});

it('verifying by hand accepts what is signed, with either key, and nothing else', async () => {
  const code = (await import(pathToFileURL(join(folder, 'by-hand.mjs')).href)) as {
    isSigned: (headers: object, body: Buffer, key: string, now?: number) => boolean;
  };
  const [v1, v1a] = [newSecret('v1'), newSecret('v1a')];
  const [at, id, body] = [new Date(), 'msg_1', '{"ğ":1}'];
  const seconds = Math.floor(at.getTime() / 1_000);
  const signature = signatureHeader([v1a, v1], { id, at, body });
  const headers = { 'webhook-id': id, 'webhook-timestamp': `${seconds}`, 'webhook-signature': signature };
  const bytes = Buffer.from(body);
  for (const key of [v1.text, v1a.publicKey ?? '']) {
    expect(code.isSigned(headers, bytes, key)).toBe(true);
    expect(code.isSigned(headers, Buffer.from(`${body} `), key)).toBe(false);
    expect(code.isSigned({ ...headers, 'webhook-id': 'msg_2' }, bytes, key)).toBe(false);
    expect(code.isSigned(headers, bytes, key, seconds + 301)).toBe(false);
    expect(code.isSigned(headers, bytes, key, seconds - 301)).toBe(false);
  }
  for (const other of [newSecret('v1').text, newSecret('v1a').publicKey ?? ''])
    expect(code.isSigned(headers, bytes, other)).toBe(false);
});
