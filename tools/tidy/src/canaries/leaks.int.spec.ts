import { describe, expect, it } from '@jest/globals';
import { relative } from 'node:path';
import { ROOT, runCheck, withFolder, type CheckRun } from '../testing/run-check.js';

const SERVER = `
import { connect, createServer } from 'node:net';
const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
`;
const passing = "import { it } from '@jest/globals';\nit('passes', () => {});\n";

const runTest = (text: string): CheckRun =>
  withFolder({ 'leak.spec.ts': passing + text }, (folder) =>
    runCheck('tools/cli/jest.mjs', [relative(ROOT, folder), 'unit', '--forceExit']),
  );

describe('a test file that passes its tests fails when it leaves open', () => {
  it.each([
    ['a timer', 'setInterval(() => {}, 1000);', 'a timer made'],
    ['a server', SERVER, 'TCPServerWrap ×1'],
    [
      'a connection',
      `${SERVER}
const { port } = server.address() as { port: number };
await new Promise((resolve) => connect(port).once('connect', () => resolve(undefined)));`,
      'connected to 127.0.0.1:',
    ],
    [
      'a child process',
      "import { spawn } from 'node:child_process';\nspawn('sleep', ['6']);",
      'ProcessWrap ×1',
    ],
  ])('%s', (_, text, message) => {
    const { status, output } = runTest(text);
    expect(output).toContain('the test file leaves open');
    expect(output).toContain(message);
    expect(status).toBe(1);
  });
});

it('a test file that closes what it opened passes', () => {
  const { status } = runTest(`
import { afterAll } from '@jest/globals';
${SERVER}
const timer = setInterval(() => {}, 1000);
setTimeout(() => {}, 60_000).unref();
afterAll(() => {
  clearInterval(timer);
  server.close();
});
`);
  expect(status).toBe(0);
});
