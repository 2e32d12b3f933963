import { describe, expect, it, jest } from '@jest/globals';
import { runCommandLine } from '../command-line.js';
import { interruptible } from './interruption.js';
import { containerStep } from './steps.js';

describe('./defter test', () => {
  it.each([
    [['unknown'], 'one of: checks, unit, int, e2e'],
    [['int', 'ledger'], 'projects are named with --containers only'],
    [['--containers', 'unit'], '--containers is for int, not for unit'],
    [['e2e', '--containers', 'ledger'], '--containers is for int, not for e2e'],
    [['--container'], "Unknown option '--container'"],
  ])('refuses %j', async (args, message) => {
    const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(await runCommandLine(['test', ...args])).toBe(2);
    expect(said).toHaveBeenCalledWith(expect.stringContaining(message));
    said.mockRestore();
  });

  it('runs the named projects in containers, or all, and takes nothing from the cache', () => {
    expect(containerStep([]).command.join(' ')).not.toContain('--projects');
    expect(containerStep(['ledger', 'payments']).command).toEqual(
      expect.arrayContaining(['int', '--skip-nx-cache', '--projects=ledger,payments']),
    );
  });
});

describe('a run that is interrupted', () => {
  it('is told once, and is awaited; the second time is as without us', async () => {
    const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const before = process.listenerCount('SIGINT');
    const outcome = interruptible(async (stop) => {
      expect(process.listenerCount('SIGINT')).toBe(before + 1);
      process.emit('SIGINT');
      expect(stop.aborted).toBe(true);
      expect(process.listenerCount('SIGINT')).toBe(before);
      await Promise.resolve();
      return 'cleaned up';
    });
    expect(await outcome).toBe('cleaned up');
    said.mockRestore();
  });

  it('leaves no listener behind', async () => {
    const before = process.listenerCount('SIGTERM');
    await interruptible(() => Promise.resolve());
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});
