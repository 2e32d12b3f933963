import { describe, expect, it } from '@jest/globals';
import { findBreaches, rules } from './index.js';

const breaches = (path: string, text = 'export const answer = 42n;\n', ...others: string[]): string[] =>
  findBreaches([{ path, text }, ...others.map((other) => ({ path: other, text: '' }))])
    .filter((finding) => finding.path === path)
    .map(({ rule, line }) => (line === undefined ? rule : `${rule}:${line}`));

const TAGS = '["type:kernel", "scope:shared"]';
const project = (tags: string, targets = '{ "build": {}, "lint": {} }'): string =>
  `{ "tags": ${tags}, "targets": ${targets} }`;

/**
 * One breach and one neighbour that is right, for every rule: the spec below fails for a rule that isn't
 * here.
 */
const samples: Record<
  string,
  { bad: [string, string?, ...string[]][]; good: [string, string?, ...string[]][] }
> = {
  'file-name': {
    bad: [['apps/ledger/src/holds/holdView.ts'], ['libs/kernel/src/money.view.ts'], ['libs/x/src/a_b.ts']],
    good: [
      ['apps/x/src/payout.decider.ts'],
      ['apps/x/src/payout.decider.laws.spec.ts'],
      ['e2e/src/a.e2e.spec.ts'],
    ],
  },
  'forbidden-name': {
    bad: [['libs/kernel/src/utils.ts'], ['apps/x/src/shared/money.ts'], ['apps/x/src/date-helpers.ts']],
    good: [['libs/platform/src/service/base-config.ts'], ['apps/x/src/account-type.ts']],
  },
  'index-file': {
    bad: [['libs/platform/src/http/index.ts'], ['apps/x/src/index.ts']],
    good: [['libs/platform/src/index.ts'], ['libs/payments/providers/mock-psp/src/index.ts']],
  },
  'leftover-file': {
    bad: [['apps/x/src/payout.ts.orig'], ['apps/x/src/payout.ts.rej'], ['README.md~']],
    good: [['apps/x/src/original.ts']],
  },
  'file-lines': {
    bad: [['a.ts', 'x\n'.repeat(301)]],
    good: [
      ['a.ts', 'x\n'.repeat(300)],
      ['docs/a.md', 'x\n'.repeat(301)],
    ],
  },
  'main-lines': {
    bad: [['apps/x/src/main.ts', 'x\n'.repeat(16)]],
    good: [['apps/x/src/main.ts', 'x\n'.repeat(15)]],
  },
  'line-length': {
    bad: [['a.ts', 'ş'.repeat(111)]],
    good: [['a.ts', 'ş'.repeat(110)]],
  },
  'registry-host': {
    bad: [
      ['.npmrc', `registry=https://registry.${'npmjs'}.org`],
      ['package-lock.json', `"resolved": "${'https'}://x/y"`],
    ],
    good: [
      ['README.md', 'https://nodejs.org/en/download'],
      ['package-lock.json', '"resolved": "libs/kernel"'],
    ],
  },
  'machine-path': {
    bad: [
      ['a.ts', `const file = '/${'root'}/x';`],
      ['b.sh', `cd /${'work'}/main`],
    ],
    good: [['a.ts', "const url = 'http://host/home/x'; const file = `${base}/work/x`;"]],
  },
  unfinished: {
    bad: [['a.ts', `// ${'TO' + 'DO'} later`]],
    good: [['a.ts', 'const todoList = [];']],
  },
  'skipped-test': {
    bad: [
      ['a.spec.ts', `it.${'skip'}('x')`],
      ['b.spec.ts', `describe.${'only'}('x')`],
      ['c.spec.ts', `x${'it'}('x')`],
    ],
    good: [
      ['a.spec.ts', "it('skips nothing')"],
      ['b.spec.ts', 'exit(1); await wait.only();'],
    ],
  },
  'export-star': {
    bad: [['libs/x/src/index.ts', "export * from './a.js';"]],
    good: [['libs/x/src/index.ts', "export { a } from './a.js';"]],
  },
  console: {
    bad: [['apps/x/src/a.ts', 'console.log(1);']],
    good: [['tools/x/src/a.ts', 'console.log(1);']],
  },
  environment: {
    bad: [
      ['apps/x/src/a.ts', 'process.env.PORT'],
      ['libs/platform/src/http/a.ts', 'process.env.PORT'],
    ],
    good: [
      ['apps/x/src/config.ts', 'process.env.PORT'],
      ['libs/testing/src/a.ts', 'process.env.PORT'],
    ],
  },
  'lint-exception': {
    bad: [
      ['a.ts', `// eslint-${'disable'}-next-line eqeqeq`],
      ['b.ts', `/* eslint-${'disable'} */`],
    ],
    good: [['a.ts', `// eslint-${'disable'}-next-line no-restricted-syntax -- a count of rows, never money`]],
  },
  'type-exception': {
    bad: [['a.ts', `// @ts-${'ignore'}`]],
    good: [['a.ts', '// @ts-expect-error a wrong argument']],
  },
  'project-tags': {
    bad: [
      ['libs/x/project.json', project('["type:kernel"]')],
      ['libs/y/project.json', project('[]')],
    ],
    good: [
      ['libs/x/project.json', project('["type:kernel", "scope:shared"]')],
      ['project.json', '{}'],
    ],
  },
  'project-targets': {
    bad: [
      ['libs/x/project.json', project(TAGS, '{ "build": {} }')],
      ['libs/x/project.json', project(TAGS), 'libs/x/src/a.spec.ts'],
      [
        'libs/x/project.json',
        project(TAGS, '{ "build": {}, "lint": {}, "test": {} }'),
        'libs/x/src/a.int.spec.ts',
      ],
      [
        'libs/x/project.json',
        project(TAGS, '{ "build": {}, "lint": {}, "int": {} }'),
        'libs/x/src/a.laws.spec.ts',
      ],
    ],
    good: [
      ['libs/x/project.json', project(TAGS), 'libs/y/src/a.spec.ts'],
      [
        'libs/x/project.json',
        project(TAGS, '{ "build": {}, "lint": {}, "test": {} }'),
        'libs/x/src/a.laws.spec.ts',
      ],
    ],
  },
  'exact-version': {
    bad: [['package.json', '{ "dependencies": { "pg": "^8.0.0" } }']],
    good: [['package.json', '{ "devDependencies": { "nx": "23.2.1" } }']],
  },
  migration: {
    bad: [
      ['apps/x/migrations/0001-a/up.sql', ''],
      ['apps/x/migrations/1/up.sql', ''],
    ],
    good: [['apps/x/migrations/0001-a/up.sql', '', 'apps/x/migrations/0001-a/note.md']],
  },
};

describe.each(rules.map(({ name }) => name))('%s', (name) => {
  const { bad, good } = samples[name] ?? { bad: [], good: [] };

  it('refuses its bad samples', () => {
    expect(bad.length).toBeGreaterThan(0);
    for (const [path, ...rest] of bad)
      expect([path, ruleNames(breaches(path, ...rest))]).toEqual([path, [name]]);
  });

  it('accepts the neighbours', () => {
    expect(good.length).toBeGreaterThan(0);
    for (const [path, ...rest] of good) expect([path, breaches(path, ...rest)]).toEqual([path, []]);
  });
});

const ruleNames = (found: readonly string[]): string[] => [
  ...new Set(found.map((text) => text.split(':')[0] ?? '')),
];

describe('a breach', () => {
  it('names its line', () =>
    expect(breaches('a.ts', `fine\n// ${'FIX' + 'ME'}\nfine\n`)).toEqual(['unfinished:2']));
});
