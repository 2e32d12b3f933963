import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CHECKOUT } from '@defter/embedded';

/** How the tests of a step went. */
export interface Outcome {
  readonly passed: number;
  /** A line for each failed one. */
  readonly failures: string[];
}

/** Which reports are meant: those of a level, of all projects or of some. */
export interface Reports {
  readonly level: 'unit' | 'int' | 'e2e';
  /** Folders of projects. */
  readonly only?: readonly string[];
  readonly without?: readonly string[];
}

/** The part of Jest's JSON report that we read. */
interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

const FOLDER = join(CHECKOUT, '.defter/test-results');

/** Forgets reports, so that only those of this run (or that Nx puts back from its cache) are counted. */
export function forgetResults(which: Reports, folder = FOLDER): void {
  for (const file of filesOf(which, folder)) rmSync(file);
}

/**
 * Adds up reports. A file that could not even be run counts as one failed test, and so does a
 * skipped test: a rule that nobody checks must not look like one that holds.
 */
export function addResults(which: Reports, folder = FOLDER): Outcome {
  let passed = 0;
  const failures: string[] = [];
  for (const file of filesOf(which, folder)) {
    const report = JSON.parse(readFileSync(file, 'utf8')) as JestReport;
    passed += report.numPassedTests;
    for (const { name, status, assertionResults } of report.testResults) {
      const bad = assertionResults.filter((result) => result.status !== 'passed');
      failures.push(...bad.map((result) => `${result.fullName} (${result.status})`));
      if (status === 'failed' && bad.length === 0) failures.push(`${name} did not run`);
    }
  }
  return { passed, failures };
}

function filesOf({ level, only, without = [] }: Reports, folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => basename(name) === `${level}.json`)
    .filter((name) => only?.includes(dirname(name)) ?? true)
    .filter((name) => !without.includes(dirname(name)))
    .map((name) => join(folder, name));
}
