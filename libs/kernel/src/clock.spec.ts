import { describe, expect, it } from '@jest/globals';
import { manualClock, systemClock } from './index.js';

describe('manualClock', () => {
  it('stands still until it is advanced', () => {
    const clock = manualClock('2026-01-31T09:30:00Z');
    const before = clock.now();
    clock.advance(1500);
    expect(before.toISOString()).toBe('2026-01-31T09:30:00.000Z');
    expect(clock.now().toISOString()).toBe('2026-01-31T09:30:01.500Z');
  });

  it('refuses what is no instant, and time that goes back', () => {
    expect(() => manualClock('yesterday')).toThrow(RangeError);
    expect(() => manualClock(new Date(0)).advance(-1)).toThrow(RangeError);
  });
});

describe('systemClock', () => {
  it('tells the time', () => {
    const before = Date.now();
    expect(systemClock.now().getTime()).toBeGreaterThanOrEqual(before);
  });
});
