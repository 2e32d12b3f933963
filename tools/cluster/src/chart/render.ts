import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT, mustRun, run } from '@defter/embedded';
import { parseAllDocuments } from 'yaml';
import { helmTools } from '../tools/helm-install.js';
import type { Manifest } from './manifest.js';

export const CHART = join(CHECKOUT, 'charts/defter');
export const RELEASE = 'defter';

/** The sets of values that every check goes through: what is in ci/, by name. */
export const variants = (): string[] =>
  readdirSync(join(CHART, 'ci'))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.replace('.yaml', ''))
    .sort();

export const valuesOf = (variant: string): string => join(CHART, 'ci', `${variant}.yaml`);

/** The chart with a variant's values, and others as --set-json: as Kubernetes would get it, hooks too. */
export async function render(variant: string, set: readonly string[] = []): Promise<Manifest[]> {
  const { helm } = await helmTools();
  const sets = set.flatMap((each) => ['--set-json', each]);
  return manifestsOf(await mustRun(helm, ['template', RELEASE, CHART, '-f', valuesOf(variant), ...sets]));
}

/** Every document of a YAML text; a key that stands there twice is an error. */
export function manifestsOf(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const value = document.toJS() as Manifest | null;
    return value === null ? [] : [value];
  });
}

/**
 * What helm says of these values (in the form of `--set-json`) on top of a variant's; an empty text when it
 * takes them.
 */
export async function refusal(set: readonly string[], variant = 'default'): Promise<string> {
  const { helm } = await helmTools();
  const sets = set.flatMap((each) => ['--set-json', each]);
  const { code, stderr } = await run(helm, ['template', RELEASE, CHART, '-f', valuesOf(variant), ...sets]);
  return code === 0 ? '' : stderr;
}

/** What `helm lint --strict` says, and whether it is content. */
export async function lint(variant: string): Promise<{ readonly ok: boolean; readonly said: string }> {
  const { helm } = await helmTools();
  const { code, stdout, stderr } = await run(helm, ['lint', '--strict', CHART, '-f', valuesOf(variant)]);
  return { ok: code === 0, said: stdout + stderr };
}
