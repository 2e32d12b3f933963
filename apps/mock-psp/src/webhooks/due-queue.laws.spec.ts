import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DueQueue } from './due-queue.js';

const drain = (queue: DueQueue<number>, nowMs: number): number[] => {
  const taken: number[] = [];
  for (let item = queue.takeDue(nowMs); item !== undefined; item = queue.takeDue(nowMs)) taken.push(item);
  return taken;
};

describe('a queue by due time', () => {
  it('gives what is due, by time and then by arrival, and keeps the rest', () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20 })),
        fc.integer({ min: -1, max: 21 }),
        (times, nowMs) => {
          const queue = new DueQueue<number>();
          times.forEach((dueMs, index) => queue.add(index, dueMs));
          const byTime = times
            .map((dueMs, index) => ({ dueMs, index }))
            .sort((a, b) => a.dueMs - b.dueMs || a.index - b.index);
          const due = byTime.filter(({ dueMs }) => dueMs <= nowMs).map(({ index }) => index);
          expect(drain(queue, nowMs)).toEqual(due);
          expect([queue.size, queue.nextMs]).toEqual([times.length - due.length, byTime[due.length]?.dueMs]);
          expect(drain(queue, Infinity)).toEqual(byTime.slice(due.length).map(({ index }) => index));
        },
      ),
    ));
});
