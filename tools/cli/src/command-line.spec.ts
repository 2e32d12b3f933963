import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { runCommandLine } from './command-line.js';
import { COMMANDS } from './command-list.js';

let lines: string[];
beforeEach(() => {
  lines = [];
  jest.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('./defter help', () => {
  it('sets usage and summary apart, and leaves out no command', async () => {
    expect(await runCommandLine(['help'])).toBe(0);
    const text = lines.join('\n');
    for (const { usage, summary } of COMMANDS) {
      expect(text).toContain(usage);
      expect(text).toMatch(new RegExp(`\\s{2,}${summary.replace(/[.*+?^$(){}|[\]\\]/g, '\\$&')}`));
    }
  });

  it.each([
    ['verify', ['--ledger', '--tenant-id', '--checkpoint', '--json']],
    ['rebuild', ['--projection', '--apply', '--accept-differences', '--restart']],
    [
      'job',
      ['--date', '--tenant-id', '--again', '--json', '.defter/reports/<tenant>/', 'Exit codes: 0 done'],
    ],
    ['backfill', ['--dry-run', '--force', '--url']],
  ])('tells of %s all its flags', async (name, flags) => {
    expect(await runCommandLine([name, '--help'])).toBe(0);
    expect(lines.join('\n')).toContain(`./defter ${name} `);
    for (const flag of flags) expect(lines.join('\n')).toContain(flag);
  });
});
