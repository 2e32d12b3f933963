import type { Finding, Rule, SourceFile } from './rule.js';
import { contentRules } from './rules/contents.js';
import { nameRules } from './rules/names.js';
import { projectRules } from './rules/projects.js';
import { sizeRules } from './rules/sizes.js';

/** Every rule, in the order in which findings of a file are shown. */
export const rules: readonly Rule[] = [...nameRules, ...sizeRules, ...contentRules, ...projectRules];

/** What breaks a rule in these files, by file and rule. */
export const findBreaches = (files: readonly SourceFile[]): Finding[] => {
  const paths = new Set(files.map(({ path }) => path));
  return files.flatMap((file) =>
    rules
      .filter((rule) => rule.applies(file.path))
      .flatMap((rule) =>
        rule.check(file, paths).map((breach) => ({ rule: rule.name, path: file.path, ...breach })),
      ),
  );
};
