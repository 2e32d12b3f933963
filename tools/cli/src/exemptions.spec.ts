import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { run } from './exemptions.js';

const file = join(mkdtempSync(join(tmpdir(), 'defter-exemptions-')), 'exemptions.json');
const entry = {
  ...{ id: 'old-token', kind: 'secret', what: 'the key of mock-psp in CI', owner: 'payments' },
  ...{ reason: 'Its provider rotates keys on Mondays only', since: '2026-11-01', due: '2026-12-01' },
};
let said: string[] = [];

beforeEach(() => {
  said = [];
  for (const way of ['log', 'error'] as const)
    jest.spyOn(console, way).mockImplementation((line: unknown) => void said.push(`${String(line)}`));
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('./defter exemptions', () => {
  it('that lie nowhere are wrong use, not one that is overdue', () => {
    expect(() => run(['--file', join(file, 'nowhere')])).toThrow("can't be read");
  });

  it('fails CI from the day after the last one on', async () => {
    writeFileSync(file, JSON.stringify({ exemptions: [entry] }));
    expect(await run(['--file', file, '--on', '2026-12-01'])).toBe(0);
    expect(await run(['--file', file, '--on', '2026-12-02'])).toBe(1);
    expect(said.join('\n')).toContain('old-token · secret · until 2026-12-01 · payments');
    expect(said.join('\n')).toContain('1 overdue');
  });

  it('fails CI for a register that is wrong', async () => {
    writeFileSync(file, JSON.stringify({ exemptions: [{ ...entry, owner: '' }] }));
    expect(await run(['--file', file])).toBe(1);
    expect(said).toContain('exemptions[0] has no owner');
  });

  it.each(['2027-13-40', '2026-02-30', 'tomorrow'])('refuses %s as a date', (on) => {
    writeFileSync(file, JSON.stringify({ exemptions: [entry] }));
    expect(() => run(['--file', file, '--on', on])).toThrow('a date such as');
  });

  it('reads the register of this checkout', async () => {
    // What stands there must be readable; overdue ones fail the step `exemptions`, not this test.
    await run([]);
    expect(said.filter((line) => line.startsWith('exemptions['))).toEqual([]);
  });
});
