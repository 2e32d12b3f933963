import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '@defter/embedded';

/** What every scraped target has. */
const OF_PROMETHEUS = ['up'];

/** Names of metrics that services export; of histograms, those of their series too. */
export function exportedMetrics(): Set<string> {
  const sources = ['apps', 'libs'].flatMap((folder) => filesIn(join(CHECKOUT, folder)));
  const names = sources.flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    if (!/\.(?:counter|gauge|histogram)\(/.test(text)) return [];
    return [...text.matchAll(/'(defter_[a-z0-9_]+)'/g)].map(([, name = '']) => name);
  });
  const series = names
    .filter((name) => /_(?:seconds|size|commands)$/.test(name))
    .flatMap((name) => ['_bucket', '_count', '_sum'].map((suffix) => name + suffix));
  return new Set([...OF_PROMETHEUS, ...names, ...series]);
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes('src/') && name.endsWith('.ts') && !/\.(?:spec|fixture)\.ts$/.test(name))
    .filter((name) => !name.includes('node_modules'))
    .map((name) => join(folder, name));

/** Metrics that a PromQL expression reads; not those that rules record. */
export const metricsIn = (expression: string): string[] =>
  [...expression.matchAll(/(?<![:\w])(?:defter_[a-z0-9_]+|up)(?=[{[)\s]|$)/g)].map(([name]) => name);
