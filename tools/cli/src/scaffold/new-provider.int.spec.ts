import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { CHECKOUT } from '@defter/embedded';
import { scratchFolder } from '@defter/testing';
import { newProvider } from './new-provider.js';

/** A copy of the workspace, so that a provider can be made without anybody else seeing it. */
const copyOfWorkspace = (): string => {
  const root = scratchFolder('workspace');
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z', '--', ':!docs', ':!*.md'];
  const files = execFileSync('git', list, { cwd: CHECKOUT, encoding: 'utf8', maxBuffer: 2 ** 26 });
  for (const file of files.split('\0').filter((name) => name !== '')) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    cpSync(join(CHECKOUT, file), join(root, file));
  }
  symlinkSync(join(CHECKOUT, 'node_modules'), join(root, 'node_modules'));
  return root;
};

const folder = 'libs/payments/providers/made-up-psp';
let root: string;
let made: readonly string[];
beforeAll(() => {
  root = copyOfWorkspace();
  made = newProvider(root, 'made-up-psp').files;
}, 120_000);

const run = (script: string, ...args: string[]) => {
  const env = { ...process.env, NX_DAEMON: 'false', NODE_OPTIONS: '', NX_WORKSPACE_ROOT: root };
  const options = { cwd: root, env, encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], options);
  // Under Nx everything is in colours.
  return { status, output: stripVTControlCharacters(`${stdout}${stderr}`) };
};

describe('./defter new provider', () => {
  it('makes the files that every provider has', () => {
    const names = ['execute', 'index', 'lookup', 'manifest', 'report', 'webhook', 'wire'];
    for (const name of names) expect(made).toContain(`${folder}/src/${name}.ts`);
    expect(readFileSync(join(root, folder, 'src/index.ts'), 'utf8')).toContain('export const madeUpPsp');
  });

  it('makes a project that compiles', () => {
    expect(run('node_modules/typescript/bin/tsc', '-p', `${folder}/tsconfig.json`)).toEqual({
      ...{ status: 0, output: '' },
    });
  }, 180_000);

  it('makes a project that is formatted and passes the lint with its boundaries', () => {
    const format = run('node_modules/prettier/bin/prettier.cjs', '--check', folder);
    expect(format.output).toContain('All matched files use Prettier code style');
    const lint = run('node_modules/nx/dist/bin/nx.js', 'run', 'provider-made-up-psp:lint', '--skip-nx-cache');
    expect(lint).toMatchObject({
      status: 0,
      output: expect.stringContaining('Successfully ran target lint'),
    });
  }, 300_000);

  it('makes a conformance run that fails by name, and refuses rather than pretends', () => {
    const { status, output } = run('tools/cli/jest.mjs', folder, 'int', '--verbose');
    expect(status).toBe(1);
    expect(output).toMatch(/✕ execute: an accepted operation is pending or succeeded/);
    expect(output).toMatch(/✕ webhook: a genuine one is valid/);
    expect(output).toMatch(/✓ execute: text like a card number is failed, and nothing is sent/);
    expect(output).toMatch(/✓ webhook: with another key, or none, it is refused/);
    expect(output).not.toContain('Test suite failed to run');
  }, 180_000);

  it('refuses a name that is taken, or that is none', () => {
    for (const name of ['made-up-psp', 'Made', '../x', '', 'a--b', 'x'.repeat(31)])
      expect(() => newProvider(root, name)).toThrow(/provider/);
  });
});
