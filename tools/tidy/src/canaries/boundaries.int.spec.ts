import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { lintSamples, type LintSample } from '../testing/lint-samples.js';
import { ROOT, runCheck, withFolder } from '../testing/run-check.js';

const BOUNDARY = '@nx/enforce-module-boundaries';
const ESLINT = 'node_modules/eslint/bin/eslint.js';

/** Any test of a service: which one doesn't matter, only that it exists. */
const someSpec = (): string => {
  const specs = execFileSync('git', ['ls-files', 'apps/*.spec.ts'], { cwd: ROOT, encoding: 'utf8' });
  return specs.split('\n')[0] ?? '';
};

const importing = (name: string, path: string, from: string): LintSample => ({
  name,
  path,
  text: `import '${from}';\n`,
});

const refused = [
  importing('the kernel importing the platform', 'libs/kernel/src/money.ts', '@defter/platform'),
  importing('the kernel importing a package', 'libs/kernel/src/money.ts', 'pg'),
  importing(
    'a domain importing another context',
    'libs/ledger/domain/src/index.ts',
    '@defter/payments-domain',
  ),
  importing(
    'a domain importing its contracts',
    'libs/ledger/domain/src/index.ts',
    '@defter/ledger-contracts',
  ),
  importing('a contract importing a domain', 'libs/ledger/contracts/src/index.ts', '@defter/ledger-domain'),
  importing('the platform importing a contract', 'libs/platform/src/index.ts', '@defter/ledger-contracts'),
  importing('a service importing a foreign domain', 'apps/ledger/src/main.ts', '@defter/payments-domain'),
  importing('a service importing the test kit', 'apps/ledger/src/main.ts', '@defter/testing'),
  importing('a service importing a database driver', 'apps/ledger/src/main.ts', 'pg'),
  importing('a path into another project', 'apps/ledger/src/main.ts', '../../../libs/kernel/src/money.js'),
];
const allowed = [
  importing('a service importing any contract', 'apps/ledger/src/main.ts', '@defter/payments-contracts'),
  importing(
    'a service importing a provider',
    'apps/webhook-ingress/src/main.ts',
    '@defter/provider-mock-psp',
  ),
  importing('a test of a service importing the test kit', someSpec(), '@defter/testing'),
];

describe('the boundary rule', () => {
  let broken = new Map<string, readonly string[]>();
  beforeAll(() => {
    broken = lintSamples([...refused, ...allowed]);
  }, 180_000);

  it.each(refused.map(({ name }) => name))('refuses %s', (name) =>
    expect(broken.get(name)).toEqual([BOUNDARY]),
  );

  it.each(allowed.map(({ name }) => name))('lets through %s', (name) => expect(broken.get(name)).toEqual([]));
});

describe('a project without tags', () => {
  it('may import nothing: the root of the workspace is one', () => {
    const config = `
      import nx from '@nx/eslint-plugin';
      import tseslint from 'typescript-eslint';
      import { depConstraints } from '../../eslint.boundaries.mjs';
      export default [{
        files: ['**/*.ts'],
        languageOptions: { parser: tseslint.parser },
        plugins: { '@nx': nx },
        rules: { '${BOUNDARY}': ['error', { depConstraints: depConstraints({ inTests: false }) }] },
      }];`;
    withFolder({ 'eslint.config.mjs': config }, (folder) => {
      const args = ['--config', `${folder}/eslint.config.mjs`, '--stdin', '--stdin-filename', 'untagged.ts'];
      const input = "import { money } from '@defter/kernel';\nexport const none = money;\n";
      const { status, output } = runCheck(ESLINT, args, { input });
      expect(output).toContain(BOUNDARY);
      expect(output).toContain('without tags');
      expect(status).toBe(1);
    });
  });
});

describe('outside of Nx', () => {
  it('the lint stops where there is no project graph, instead of passing', () =>
    withFolder({}, (folder) => {
      const args = ['--stdin', '--stdin-filename', 'libs/kernel/src/money.ts'];
      const env = { NX_WORKSPACE_DATA_DIRECTORY: `${folder}/none`, NX_CACHE_PROJECT_GRAPH: 'true' };
      const { status, output } = runCheck(ESLINT, args, { input: '', env });
      expect(output).toContain('no project graph');
      expect(status).toBe(2);
    }));
});
