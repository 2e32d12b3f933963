import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { crashPoints } from './crash-points.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const sourcesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.(spec|fixture)\.ts$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'));

describe('the crash points', () => {
  it('are those of the README', () => {
    const [, table = ''] = readFileSync(here('../README.md'), 'utf8').split('| point (`DEFTER_CRASH_POINT`)');
    const rows = table.split('\n\n')[0]?.split('\n').slice(2) ?? [];
    const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)]);
    expect(named.map(([, name]) => name).sort()).toEqual([...crashPoints].sort());
  });

  it('are each passed somewhere', () => {
    const source = [...sourcesIn(here('.')), ...sourcesIn(here('../../../libs/platform/src/messaging'))]
      .filter((text) => text.includes('.reach('))
      .join('\n');
    for (const point of crashPoints)
      expect([point, new RegExp(`reach\\([^)]*'${point}'`).test(source)]).toEqual([point, true]);
  });
});
