import type { Rule } from '../rule.js';

/** Every project stands on both axes of the dependency table; only the root, which nobody imports, has no tags. */
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

/** A migration says why it is, which locks it takes and how long it may take: in a note beside its statements. */
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

export const projectRules: readonly Rule[] = [projectTags, exactVersions, migration];
