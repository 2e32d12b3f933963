import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { runCheck, withFolder, type CheckRun } from '../testing/run-check.js';

/** Runs the built tidy on a repository of its own. */
const tidy = (files: Readonly<Record<string, string>>, ...options: string[]): CheckRun =>
  withFolder(files, (folder) => {
    execFileSync('git', ['init', '--quiet'], { cwd: folder });
    return runCheck('tools/tidy/dist/main.js', options, { cwd: folder });
  });

const LONG = { 'a.ts': 'x\n'.repeat(301) };

describe('tidy', () => {
  it('fails with file, line, rule and reason', () => {
    const { status, output } = tidy({ 'apps/shop/src/orders/utils.ts': '\nconsole.log(1);\n' });
    expect(output).toContain("apps/shop/src/orders/utils.ts  forbidden-name  'utils' names nothing");
    expect(output).toContain('apps/shop/src/orders/utils.ts:2  console  use the Logger');
    expect(status).toBe(1);
  });

  it('passes where nothing is wrong, and reads no ignored file', () => {
    const { status, output } = tidy({ 'a.ts': '', '.gitignore': 'dist/\n', 'dist/utils.ts': '' });
    expect(output).toContain('tidy: 2 files');
    expect(status).toBe(0);
  });

  it('tolerates what the ratchet knows and nothing more', () => {
    const ratchet = (size: number) => ({ 'tools/tidy/ratchet.json': `{ "file-lines a.ts": ${size} }\n` });
    expect(tidy({ ...LONG, ...ratchet(301) }).status).toBe(0);
    expect(tidy({ ...LONG, ...ratchet(300) }).status).toBe(1);
    expect(tidy({ ...LONG, ...ratchet(302) }).output).toContain('better than the ratchet says');
    expect(tidy({ ...LONG, ...ratchet(302) }, '--tighten').status).toBe(0);
  });
});
