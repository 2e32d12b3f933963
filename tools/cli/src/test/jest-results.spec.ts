import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addResults, forgetResults } from './jest-results.js';

describe('the numbers of a step', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'defter-results-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** A report of one test file, with a test of each status. */
  const report = (path: string, statuses: string[], status = 'passed'): void => {
    const assertionResults = statuses.map((each, index) => ({ status: each, fullName: `rule ${index}` }));
    const numPassedTests = statuses.filter((each) => each === 'passed').length;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    const testResults = [{ name: 'some.spec.ts', status, assertionResults }];
    writeFileSync(join(folder, path), JSON.stringify({ numPassedTests, testResults }));
  };

  it('are added up over all projects, of one level only', () => {
    report('libs/kernel/unit.json', ['passed', 'passed']);
    report('apps/ledger/unit.json', ['passed']);
    report('apps/ledger/int.json', ['passed']);
    expect(addResults({ level: 'unit' }, folder)).toEqual({ passed: 3, failures: [] });
  });

  it.each(['failed', 'pending', 'todo'])('count a %s test as failed, by name', (status) => {
    report('libs/kernel/unit.json', ['passed', status]);
    expect(addResults({ level: 'unit' }, folder)).toEqual({ passed: 1, failures: [`rule 1 (${status})`] });
  });

  it('count a file that could not run as one failed test', () => {
    report('libs/kernel/unit.json', [], 'failed');
    expect(addResults({ level: 'unit' }, folder)).toEqual({
      passed: 0,
      failures: ['some.spec.ts did not run'],
    });
  });

  it('are those of the named projects, or of all others', () => {
    report('apps/ledger/int.json', ['passed', 'passed']);
    report('apps/payments/int.json', ['passed']);
    expect(addResults({ level: 'int', only: ['apps/ledger'] }, folder).passed).toBe(2);
    expect(addResults({ level: 'int', without: ['apps/ledger'] }, folder).passed).toBe(1);
    forgetResults({ level: 'int', without: ['apps/ledger'] }, folder);
    expect(addResults({ level: 'int' }, folder).passed).toBe(2);
  });

  it('forget what an earlier run left', () => {
    report('libs/kernel/unit.json', ['failed']);
    report('libs/kernel/int.json', ['passed']);
    forgetResults({ level: 'unit' }, folder);
    expect(addResults({ level: 'unit' }, folder)).toEqual({ passed: 0, failures: [] });
    expect(addResults({ level: 'int' }, folder).passed).toBe(1);
  });
});
