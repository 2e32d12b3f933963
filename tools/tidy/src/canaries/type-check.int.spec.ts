import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT, runCheck, withFolder } from '../testing/run-check.js';

const TSC = 'node_modules/typescript/bin/tsc';

/** One bad file for each option that the code relies on, and the code of the error that it must give. */
const samples: readonly (readonly [file: string, error: string, text: string])[] = [
  ['strict', 'TS7006', 'export const f = (x) => x;'],
  ['unchecked-index', 'TS2322', 'export const f = (list: string[]): string => list[0];'],
  ['exact-optional', 'TS2375', 'export const f: { a?: string } = { a: undefined };'],
  ['override', 'TS4114', 'class A { a() {} }\nexport class B extends A { a() {} }'],
  [
    'fallthrough',
    'TS7029',
    'export const f = (n: number) => {\n  switch (n) { case 1: n += 1; default: }\n};',
  ],
  ['number-as-amount', 'TS2345', "import { TRY } from '@defter/kernel';\nexport const f = TRY(5);"],
  [
    'text-as-asset',
    'TS2345',
    "import { money } from '@defter/kernel';\nexport const f = money('TRY/2', 5n);",
  ],
  [
    'missing-case',
    'TS2345',
    "import { assertNever } from '@defter/kernel';\n" +
      "export const f = (x: 'a' | 'b') => (x === 'a' ? 1 : assertNever(x));",
  ],
];

describe('the type check', () => {
  it('refuses each bad sample with its error', () => {
    const files = Object.fromEntries(samples.map(([file, , text]) => [`${file}.ts`, `${text}\n`]));
    const config = JSON.stringify({ extends: '../../tsconfig.base.json', include: ['*.ts'] });
    withFolder({ ...files, 'tsconfig.json': config }, (folder) => {
      const { status, output } = runCheck(TSC, ['-p', folder, '--pretty', 'false']);
      for (const [file, error] of samples)
        expect(output).toMatch(new RegExp(`/${file}\\.ts\\(.*error ${error}:`));
      expect(status).not.toBe(0);
    });
  }, 180_000);

  it('reads every TypeScript file of the workspace', () => {
    const tracked = execFileSync('git', ['ls-files', '*.ts'], { cwd: ROOT, encoding: 'utf8' })
      .trim()
      .split('\n');
    const { output } = runCheck(TSC, ['-p', 'tsconfig.json', '--listFilesOnly']);
    const read = new Set(output.split('\n'));
    const unread = tracked.filter((path) => existsSync(join(ROOT, path)) && !read.has(join(ROOT, path)));
    expect(unread).toEqual([]);
  }, 180_000);
});
