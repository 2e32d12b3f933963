import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './testing/run-check.js';

/** How many requirements each part of the product has; the product's own list is not in a clone. */
const PARTS = { L: 20, P: 13, W: 9, C: 11, O: 16, M: 6 };
const STATUSES = ['works', 'partly', 'not yet'];

const expected = Object.entries(PARTS).flatMap(([part, count]) =>
  Array.from({ length: count }, (_, index) => `${part}-${String(index + 1).padStart(2, '0')}`),
);

interface Row {
  readonly id: string;
  readonly status: string;
  readonly shownBy: string;
}

const rowsOf = (text: string): Row[] =>
  [...text.matchAll(/^\| ([A-Z]-\d\d) \| ([^|]+) \| [^|]+ \| ([^|]*)\|$/gm)].map(
    ([, id = '', status = '', shownBy = '']) => ({ id, status: status.trim(), shownBy }),
  );

/** What stands in backticks and looks like a path; other words there are commands and names. */
const pathsOf = ({ shownBy }: Row): string[] =>
  [...shownBy.matchAll(/`((?:apps|libs|tools|e2e|docs)\/[^`\s]+)`/g)].map(([, path = '']) => path);

/** What is wrong with the table, in words; nothing when all is well. */
const faultsOf = (rows: readonly Row[]): string[] => [
  ...expected.filter((id) => !rows.some((row) => row.id === id)).map((id) => `${id} is missing`),
  ...rows.flatMap((row, index) => {
    const { id, status } = row;
    const paths = pathsOf(row);
    return [
      ...(expected.includes(id) ? [] : [`${id} is no requirement`]),
      ...(rows.findIndex((other) => other.id === id) === index ? [] : [`${id} stands there twice`]),
      ...(STATUSES.includes(status) ? [] : [`${id}: '${status}' is no status`]),
      ...(status !== 'works' || paths.some((path) => /\.spec\.ts$/.test(path))
        ? []
        : [`${id} works, says no test`]),
      ...paths.filter((path) => !existsSync(join(ROOT, path))).map((path) => `${id}: there is no ${path}`),
    ];
  }),
];

describe('docs/requirements.md', () => {
  const rows = rowsOf(readFileSync(join(ROOT, 'docs/requirements.md'), 'utf8'));

  it('has every requirement once, with a status, and names tests that exist', () => {
    expect(faultsOf(rows)).toEqual([]);
  });
});

describe('the check', () => {
  const all = expected.map((id) => `| ${id} | not yet | what | |`).join('\n');
  const faults = (text: string): string[] => faultsOf(rowsOf(text));

  it('sees what is missing, doubled, unknown, or said without a test', () => {
    expect(faults(all)).toEqual([]);
    expect(faults(all.replace(/\| L-07 .*\n/, ''))).toEqual(['L-07 is missing']);
    expect(faults(`${all}\n| L-07 | not yet | what | |`)).toEqual(['L-07 stands there twice']);
    expect(faults(`${all}\n| L-99 | not yet | what | |`)).toEqual(['L-99 is no requirement']);
    expect(faults(all.replace('not yet', 'nearly'))).toEqual(["L-01: 'nearly' is no status"]);
    expect(faults(all.replace('not yet', 'works'))).toEqual(['L-01 works, says no test']);
    expect(faults(all.replace('what | |', 'what | `apps/none.int.spec.ts` |'))).toEqual([
      'L-01: there is no apps/none.int.spec.ts',
    ]);
  });
});
