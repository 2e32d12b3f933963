import { basename } from 'node:path/posix';
import type { Rule } from '../rule.js';

const ROLES = [
  ['decider', 'evolve', 'upcast', 'handler', 'wire', 'problems', 'controller', 'consumer', 'projection'],
  ['read', 'sql', 'message', 'job', 'module', 'config', 'entity'],
].flat();
const TESTS = ['spec', 'int.spec', 'e2e.spec', 'laws.spec', 'bench', 'fixture'];

const ROLE_SUFFIX = `(?:\\.(?:${ROLES.join('|')}))?`;
const TEST_SUFFIX = `(?:\\.(?:${TESTS.join('|').replaceAll('.', '\\.')}))?`;
const FILE_NAME = new RegExp(`^[a-z0-9]+(?:-[a-z0-9]+)*${ROLE_SUFFIX}${TEST_SUFFIX}\\.ts$`);

const NAMELESS = ['utils', 'helpers', 'common', 'shared', 'misc', 'types', 'constants', 'base', 'manager'];
const NAMELESS_PART = new RegExp(`^(?:${NAMELESS.join('|')})$|-(?:utils?|helpers?|misc|manager)$`);

const isTypeScript = (path: string): boolean => path.endsWith('.ts') && !path.endsWith('.d.ts');

/** Kebab-case, with a suffix from the closed list or none. */
const fileName: Rule = {
  name: 'file-name',
  applies: isTypeScript,
  check: ({ path }) =>
    FILE_NAME.test(basename(path))
      ? []
      : [{ message: 'not kebab-case, or a suffix that is not on the list of STYLE.md' }],
};

/** Names that say nothing: everything fits into them, so everything ends up in them. */
const nameless: Rule = {
  name: 'forbidden-name',
  applies: isTypeScript,
  check: ({ path }) =>
    path
      .split('/')
      .map((part) => part.split('.')[0] ?? '')
      .filter((part) => NAMELESS_PART.test(part))
      .map((part) => ({ message: `'${part}' names nothing: name what is in it` })),
};

/** `index.ts` is the door of a library and nothing else. */
const indexFile: Rule = {
  name: 'index-file',
  applies: (path) => basename(path) === 'index.ts',
  check: ({ path }) =>
    /^(?:libs|tools)\/(?:[^/]+\/){1,3}src\/index\.ts$/.test(path) && path.split('/src/').length === 2
      ? []
      : [{ message: 'index.ts is the root of a library only' }],
};

/** What a merge or an editor leaves lying about, and `git add -A` takes along. */
const leftover: Rule = {
  name: 'leftover-file',
  applies: (path) => /\.(?:orig|rej|bak)$|~$/.test(path),
  check: () => [{ message: 'left over by a merge or an editor: delete it' }],
};

export const nameRules: readonly Rule[] = [fileName, nameless, indexFile, leftover];
