// Every rule here is an error; there are no warnings. STYLE.md says which rule of the style each one holds.
// Run it through Nx (`npx nx run-many -t lint`): the boundary rule needs the project graph that Nx writes.
import { readCachedProjectGraph } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import { depConstraints } from './eslint.boundaries.mjs';

// Without a project graph the boundary rule reports nothing and the lint would pass: better to stop here.
try {
  readCachedProjectGraph();
} catch (cause) {
  throw new Error('no project graph: run the lint through Nx, npx nx run-many -t lint', { cause });
}

// A folder `testing` in a project holds what only its tests import; dependency-cruiser holds that.
const SPECS = [
  '**/*.spec.ts',
  '**/*.bench.ts',
  '**/*.fixture.ts',
  '{apps,libs,tools}/**/src/testing/**/*.ts',
  'e2e/**/*.ts',
];
const MONEY_CODE = ['apps/ledger/**/*.ts', 'libs/*/domain/**/*.ts', 'libs/kernel/**/*.ts'];
const PURE_CODE = ['libs/*/domain/**/*.ts'];

const boundaries = (inTests) => [
  'error',
  {
    allow: [],
    enforceBuildableLibDependency: false,
    // Platform's and embedded's own tests use the template databases, which are built on them.
    ignoredCircularDependencies: [
      ['platform', 'testing'],
      ['embedded', 'testing'],
    ],
    depConstraints: depConstraints({ inTests }),
  },
];

const refused = (selector, message) => ({ selector, message });
const NUMBER_IN_MONEY = 'Money is a bigint: a number loses digits above 2^53. Use parseAmount.';
const IMPURE = 'A decision gets the time, new ids and outside facts in its command.';

const everywhere = [
  refused('ExportAllDeclaration', 'Name what a file exports.'),
  refused(
    "CallExpression[callee.property.name='forEach'] > ArrowFunctionExpression[async=true]",
    'forEach does not wait: use for … of, or Promise.all over map.',
  ),
  refused(
    "CallExpression[callee.property.name='forEach'] > FunctionExpression[async=true]",
    'forEach does not wait: use for … of, or Promise.all over map.',
  ),
  refused('TSEnumDeclaration', 'Use a union of literals.'),
];
const inMoneyCode = [
  ...everywhere,
  refused("CallExpression[callee.name='Number']", NUMBER_IN_MONEY),
  refused("CallExpression[callee.name='parseFloat']", NUMBER_IN_MONEY),
  refused("CallExpression[callee.object.name='Number'][callee.property.name='parseFloat']", NUMBER_IN_MONEY),
  refused("UnaryExpression[operator='+']", NUMBER_IN_MONEY),
];
const inPureCode = [
  ...inMoneyCode,
  refused("NewExpression[callee.name='Date'][arguments.length=0]", IMPURE),
  refused("MemberExpression[object.name='Date'][property.name='now']", IMPURE),
  refused("MemberExpression[object.name='Math'][property.name='random']", IMPURE),
  refused("MemberExpression[object.name='process']", IMPURE),
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/*.mjs', '**/*.cjs', '.nx/**', '.defter/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(false),
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/no-unsafe-member-access': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      // What was caught is unknown, and may be thrown on, later too.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Files with decorators are left alone by this rule, because Nest needs the injected classes as values.
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { prefer: 'type-imports', fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-param-reassign': 'error',
      // A switch counts once: one that names every case is flat, however many there are.
      complexity: ['error', { max: 10, variant: 'modified' }],
      'max-params': ['error', 4],
      'max-lines-per-function': ['error', { max: 60, skipComments: true }],
      'no-restricted-syntax': ['error', ...everywhere],
    },
  },
  { files: MONEY_CODE, rules: { 'no-restricted-syntax': ['error', ...inMoneyCode] } },
  {
    files: PURE_CODE,
    ignores: SPECS,
    rules: {
      'no-restricted-syntax': ['error', ...inPureCode],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'node:crypto', allowImportNames: ['createHash', 'hash'], message: IMPURE },
            { name: '@defter/kernel', importNames: ['newId', 'systemClock'], message: IMPURE },
          ],
          patterns: [{ regex: '^node:(?!crypto$)', message: IMPURE }],
        },
      ],
    },
  },
  {
    files: ['apps/**/*.ts'],
    ignores: SPECS,
    rules: {
      'no-restricted-imports': [
        'error',
        { name: '@nestjs/core', importNames: ['NestFactory'], message: 'runService starts a service.' },
      ],
    },
  },
  {
    // A controller parses, translates, hands over and answers.
    files: ['**/*.controller.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 15, skipComments: true }] },
  },
  {
    // A decider is a list of guards, read from top to bottom: its length is the rule's, not the form's.
    files: ['**/*.decider.ts'],
    rules: { complexity: 'off', 'max-lines-per-function': 'off' },
  },
  {
    files: SPECS,
    rules: {
      '@nx/enforce-module-boundaries': boundaries(true),
      complexity: 'off',
      'max-lines-per-function': 'off',
      // What a response holds is what a test asserts; a wrong guess about its shape fails the test.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
