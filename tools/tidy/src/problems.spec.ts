import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './testing/run-check.js';
import { workspaceFiles } from './workspace-files.js';

const FOLDER = 'docs/reference/problems';

/** The page of each service. The mock's problems are said to test code only. */
const PAGES: Readonly<Record<string, string>> = {
  ledger: 'ledger.md',
  payments: 'payments.md',
  'webhook-ingress': 'webhooks.md',
  reconciliation: 'reconciliation.md',
  'webhook-delivery': 'webhook-delivery.md',
};

const sources = workspaceFiles(ROOT).filter(({ path }) => path.endsWith('.problems.ts'));

/** Codes of the tables of a service: the keys with a status beside them. */
const codesOf = (service: string): string[] =>
  sources
    .filter(({ path }) => path.startsWith(`apps/${service}/`))
    .flatMap(({ text }) => [...text.matchAll(/^ {2}'?([a-z][a-z_-]+)'?: \{\s*status: \d{3}/gm)])
    .map(([, code = '']) => code);

const documented = (page: string): string[] =>
  readFileSync(join(ROOT, FOLDER, page), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| <a id='))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([a-z_-]+)`/g)])
    .map(([, code = '']) => code);

const common = documented('README.md');

/** Each code of a service with its status, as the tables have it. */
const statusesOf = (service: string): string[] =>
  sources
    .filter(({ path }) => path.startsWith(`apps/${service}/`))
    .flatMap(({ text }) => [...text.matchAll(/^ {2}'?([a-z][a-z_-]+)'?: \{\s*status: (\d{3})/gm)])
    .map(([, code = '', status = '']) => `${code} ${status}`);

interface Row {
  readonly codes: readonly string[];
  readonly status: string;
  readonly meaning: string;
}
const rowsOf = (page: string): Row[] =>
  readFileSync(join(ROOT, FOLDER, page), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| <a id='))
    .map((line) => {
      const [, names = '', status = '', ...rest] = line.split('|').map((cell) => cell.trim());
      const codes = [...names.matchAll(/`([a-z_-]+)`/g)].map(([, code = '']) => code);
      return { codes, status, meaning: rest.join('') };
    });

describe.each(Object.entries(PAGES))('problems of %s', (service, page) => {
  it('are found in its tables', () => expect(codesOf(service).length).toBeGreaterThan(3));

  it('are all documented', () => {
    const known = [...documented(page), ...common];
    expect(codesOf(service).filter((code) => !known.includes(code))).toEqual([]);
  });

  it('are documented only if they exist', () => {
    const faults = ['payout-reserving', 'refund-reserving'];
    const known = [...codesOf(service), ...faults];
    expect(documented(page).filter((code) => !known.includes(code))).toEqual([]);
  });
});

describe.each(Object.entries(PAGES))('the page of problems of %s', (service, page) => {
  it('has the statuses with which its service answers', () => {
    const statuses = statusesOf(service);
    const said = rowsOf(page).flatMap(({ codes, status }) => codes.map((code) => `${code} ${status}`));
    const tabled = new Set(statuses.map((each) => each.split(' ')[0]));
    const wrong = said.filter((each) => tabled.has(each.split(' ')[0]) && !statuses.includes(each));
    expect(wrong).toEqual([]);
  });

  it('says of every code what it means', () =>
    expect(rowsOf(page).filter(({ meaning }) => meaning === '')).toEqual([]));
});

/** A title is a sentence about the thing: “Not found” says no more than the status. */
it('no code of a service is titled “Not found”', () =>
  expect(sources.filter(({ text }) => text.includes("title: 'Not found'")).map(({ path }) => path)).toEqual(
    [],
  ));

it('every service with problems has a page', () => {
  const services = new Set(sources.map(({ path }) => path.split('/')[1] ?? ''));
  expect([...services].filter((service) => PAGES[service] === undefined)).toEqual(['mock-psp']);
});
