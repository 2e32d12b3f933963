import { describe, expect, it } from '@jest/globals';
import { MemoryBudget } from './memory-budget.js';

const keeper = (size: number) => ({
  size,
  forget() {
    this.size = 0;
  },
});

describe('the memory of all writers', () => {
  it('is taken from the ledger that was used longest ago', () => {
    const budget = new MemoryBudget(10);
    const [a, b, c] = [keeper(4), keeper(4), keeper(2)];
    for (const each of [a, b, c, a]) budget.used(each);
    expect([a.size, b.size, c.size]).toEqual([4, 4, 2]);
    c.size = 3;
    budget.used(c);
    expect([a.size, b.size, c.size]).toEqual([4, 0, 3]);
  });

  it('leaves the one in use what it has, however large', () => {
    const budget = new MemoryBudget(10);
    const [a, b] = [keeper(4), keeper(40)];
    budget.used(a);
    budget.used(b);
    expect([a.size, b.size]).toEqual([0, 40]);
    budget.used(a);
    expect(b.size).toBe(0);
  });
});
