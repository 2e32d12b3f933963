// Rules inside a project; those between projects are eslint.boundaries.mjs. Canaries:
// tools/tidy/src/canaries.
const TEST_FILES = ['[.]spec[.]ts$', '[.]bench[.]ts$', '[.]fixture[.]ts$', '/src/testing/'];
const TESTS = [...TEST_FILES, '^libs/testing/', '^e2e/'];

// What an app's slices are built around, where that isn't a domain library: open to every slice of its app.
const HEARTS = '^apps/(?:ledger/src/(?:engine|history|proofs/verify)|mock-psp/src/book)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'Two files that need each other are one thing, or a third one is missing.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'slice-is-private',
      comment:
        "From another slice of an app only what it shows: its '.read.ts' and '.wire.ts' files and the file " +
        "with its name ('payouts/payouts.ts', 'payouts/payout.ts'); 'publishing' is open to all. " +
        "What two slices need lies beside them, in 'src'.",
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/([^/]+)/', pathNot: TESTS },
      to: {
        path: '^apps/$1/src/[^/]+/',
        pathNot: [
          '^apps/$1/src/$2/',
          '[.](?:read|wire)[.]ts$',
          '^apps/$1/src/([^/]+)s?/\\1[.]ts$',
          '^apps/$1/src/publishing/',
          HEARTS,
        ],
      },
    },
    {
      name: 'tests-are-not-imported',
      comment: "What only tests need ('*.spec.ts', a folder 'testing') must not reach a running service.",
      severity: 'error',
      from: { pathNot: TESTS },
      to: { path: TEST_FILES },
    },
    {
      name: 'resolvable',
      comment: 'An import that resolves to nothing passes the other rules unseen.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|[.]nx)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node'],
    },
  },
};
