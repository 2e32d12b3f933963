import { describe, expect, it } from '@jest/globals';
import { runCheck, type CheckRun } from '../testing/run-check.js';

const check = (path: string, input: string): CheckRun =>
  runCheck('node_modules/prettier/bin/prettier.cjs', ['--check', '--stdin-filepath', path], { input });

describe('the format check', () => {
  it.each([
    ['double quotes', 'export const text = "a";\n'],
    [
      'a missing trailing comma',
      `export const list = [\n  '${'a'.repeat(60)}',\n  '${'b'.repeat(60)}'\n];\n`,
    ],
    ['a line that could be broken', `export const f = [${"'abcdefgh', ".repeat(10)}'z'];\n`],
  ])('refuses %s', (_, text) => {
    const { status, output } = check('libs/kernel/src/money.ts', text);
    expect(output).toContain('(stdin)');
    expect(status).toBe(1);
  });

  it('accepts what is formatted', () =>
    expect(check('libs/kernel/src/money.ts', "export const a = 'a';\n").status).toBe(0));
});
