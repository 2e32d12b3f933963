import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { armCrashPoint } from './crash-points.js';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a crash point', () => {
  const passages = (text: string | undefined, ...reached: string[]): number => {
    const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
    const points = armCrashPoint(['a.before', 'b.after'], text);
    for (const point of reached) points.reach(point);
    for (const call of kill.mock.calls) expect(call).toEqual([process.pid, 'SIGKILL']);
    return kill.mock.calls.length;
  };

  it('does nothing unless one is named', () => {
    expect(passages(undefined, 'a.before', 'b.after')).toBe(0);
  });

  it('ends the process at the named point only', () => {
    expect(passages('b.after', 'a.before')).toBe(0);
    expect(passages('b.after', 'a.before', 'b.after')).toBe(1);
  });

  it('ends it at the nth passage, not before', () => {
    expect(passages('a.before:3', 'a.before', 'a.before')).toBe(0);
    expect(passages('a.before:3', 'a.before', 'a.before', 'a.before')).toBe(1);
  });

  it.each(['c', 'a.before:0', 'a.before:', 'a.before:1x', ':1', 'A.BEFORE'])('refuses %s', (text) => {
    expect(() => armCrashPoint(['a.before'], text)).toThrow('DEFTER_CRASH_POINT must be');
  });
});
