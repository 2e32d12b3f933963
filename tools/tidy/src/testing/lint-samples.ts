import { runCheck } from './run-check.js';

/**
 * A text, and the existing file as whose content it is linted: typed rules and boundaries need one of a
 * project.
 */
export interface LintSample {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/**
 * Lints the samples with the configuration of the workspace; answers the rules that each breaks, sorted, by
 * name.
 */
export const lintSamples = (samples: readonly LintSample[]): Map<string, readonly string[]> => {
  const { status, output } = runCheck('tools/tidy/lint-samples.mjs', [], { input: JSON.stringify(samples) });
  if (status !== 0) throw new Error(output);
  const broken = JSON.parse(output.slice(output.lastIndexOf('\n[') + 1)) as string[][];
  return new Map(samples.map(({ name }, index) => [name, broken[index] ?? ['not linted']]));
};
