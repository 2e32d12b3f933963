import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const textAt = (path: URL): string => readFileSync(path, 'utf8');

const sourcesIn = (folder: URL): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.(spec|fixture)\.ts$/.test(name))
    .map((name) => readFileSync(join(fileURLToPath(folder), name), 'utf8'));

/** The crash points that a service's README lists, sorted. `src` is the address of a file in its `src`. */
export const documentedCrashPoints = (src: string): readonly string[] => {
  const [, table = ''] = textAt(new URL('../README.md', src)).split('| point (`DEFTER_CRASH_POINT`)');
  const rows = table.split('\n\n')[0]?.split('\n').slice(2) ?? [];
  const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)]);
  return named.map(([, name = '']) => name).sort();
};

/** Those of the points that the service, or the messaging that it runs on, passes somewhere. */
export const passedCrashPoints = (src: string, points: readonly string[]): readonly string[] => {
  const messaging = new URL('../../../libs/platform/src/messaging/', src);
  const source = [...sourcesIn(new URL('./', src)), ...sourcesIn(messaging)]
    .filter((text) => text.includes('.reach('))
    .join('\n');
  return points.filter((point) => new RegExp(`reach\\([^)]*'${point}'`).test(source));
};
