import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { Lane } from './lane.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

it('lets in so many a second, those that may be signed first, each kind in its order', () => {
  const lane = new Lane(200);
  const seen: string[] = [];
  for (const name of ['u1', 'u2', 's1', 's2']) {
    expect(lane.enter(name.startsWith('s'), () => seen.push(name))).toBe(true);
  }
  jest.advanceTimersByTime(10);
  expect(seen).toEqual(['s1', 's2']);
  jest.advanceTimersByTime(10);
  expect(seen).toEqual(['s1', 's2', 'u1', 'u2']);
  expect([lane.waiting, jest.getTimerCount()]).toEqual([0, 0]);
});

it('paces below one a tick, and gathers nothing while it is empty', () => {
  const lane = new Lane(50);
  const seen: number[] = [];
  for (let count = 0; count < 3; count++) lane.enter(true, () => seen.push(count));
  jest.advanceTimersByTime(10);
  expect(seen).toEqual([]);
  jest.advanceTimersByTime(50);
  expect(seen).toEqual([0, 1, 2]);
  jest.advanceTimersByTime(60_000);
  lane.enter(true, () => seen.push(3));
  jest.advanceTimersByTime(10);
  expect(seen).toEqual([0, 1, 2]);
  lane.close();
});

it('turns away beyond its length; unsigned ones never take the place of others', () => {
  const lane = new Lane(100);
  const enter = (signed: boolean) => lane.enter(signed, () => undefined);
  for (let count = 0; count < 1_000; count++) expect(enter(false)).toBe(true);
  expect([enter(false), enter(true), lane.waiting]).toEqual([false, true, 1_001]);
  lane.close();
  expect(lane.waiting).toBe(0);
});
