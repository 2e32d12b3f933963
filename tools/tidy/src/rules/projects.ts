import type { Rule } from '../rule.js';

/**
 * Every project stands on both axes of the dependency table; only the root, which nobody imports, has no
 * tags.
 */
const projectTags: Rule = {
  name: 'project-tags',
  applies: (path) => path.endsWith('/project.json'),
  check: ({ text }) => {
    const { tags = [] } = JSON.parse(text) as { tags?: string[] };
    return ['type', 'scope']
      .filter((axis) => tags.filter((tag) => tag.startsWith(`${axis}:`)).length !== 1)
      .map((axis) => ({ message: `needs exactly one tag ${axis}:…` }));
  },
};

/** The target that runs each level of tests; the canaries of tidy run as `workspace:canaries`. */
const RUNNERS: readonly (readonly [target: string, spec: RegExp])[] = [
  ['int', /\.int\.spec\.ts$/],
  ['e2e', /\.e2e\.spec\.ts$/],
  ['test', /(?<!\.int|\.e2e)\.spec\.ts$/],
];

/** A project whose tests have no target looks tested and isn't. */
const projectTargets: Rule = {
  name: 'project-targets',
  applies: (path) => path.endsWith('/project.json'),
  check: ({ path, text }, paths) => {
    const { targets = {} } = JSON.parse(text) as { targets?: object };
    const folder = path.slice(0, -'project.json'.length);
    const own = [...paths].filter((other) => other.startsWith(folder) && !other.includes('/canaries/'));
    const needed = RUNNERS.filter(([, spec]) => own.some((other) => spec.test(other))).map(
      ([target]) => target,
    );
    return ['build', 'lint', ...needed]
      .filter((target) => !(target in targets))
      .map((target) => ({ message: `needs a target '${target}'` }));
  },
};

/** A range would let two installations differ. */
const exactVersions: Rule = {
  name: 'exact-version',
  applies: (path) => /(?:^|\/)package\.json$/.test(path),
  check: ({ text }) => {
    const { dependencies, devDependencies } = JSON.parse(text) as Record<
      string,
      Record<string, string> | undefined
    >;
    return Object.entries({ ...dependencies, ...devDependencies })
      .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
      .map(([name, version]) => ({ message: `${name} ${version} is not an exact version` }));
  },
};

/**
 * A migration says why it is, which locks it takes and how long it may take: in a note beside its statements.
 */
const migration: Rule = {
  name: 'migration',
  applies: (path) => path.includes('/migrations/'),
  check: ({ path }, paths) => {
    const [, folder] = /^(.+\/migrations\/\d{4}-[a-z0-9-]+)\/(?:up\.sql|note\.md)$/.exec(path) ?? [];
    if (folder === undefined) return [{ message: 'a migration is <0001-name>/up.sql and its note.md' }];
    return ['up.sql', 'note.md']
      .filter((part) => !paths.has(`${folder}/${part}`))
      .map((part) => ({ message: `${part} is missing beside it` }));
  },
};

export const projectRules: readonly Rule[] = [projectTags, projectTargets, exactVersions, migration];
