import { describe, expect, it } from '@jest/globals';
import { Slots } from './slots.js';

let now = 0;
const slots = () => {
  now = 0;
  return new Slots({ quick: 8, troubled: 4, slowAfterMs: 100 }, () => now);
};
const take = (from: Slots, count: number, tenantId = 't_one', troubled = false) =>
  Array.from({ length: count }, () => from.take(tenantId, troubled));

describe('the places of a worker', () => {
  it('a tenant gets at most half of the quick ones', () => {
    const all = slots();
    expect(all.room('t_one').quick).toBe(4);
    take(all, 4);
    expect(all.room('t_one').quick).toBe(0);
    expect(all.room('t_two').quick).toBe(4);
  });

  it('endpoints in trouble take no quick ones', () => {
    const all = slots();
    take(all, 4, 't_one', true);
    expect(all.room('t_one')).toEqual({ quick: 4, troubled: 0 });
  });

  it('a call that lasts long moves over to the troubled ones', () => {
    const all = slots();
    take(all, 3);
    now = 101;
    expect(all.room('t_one')).toEqual({ quick: 4, troubled: 1 });
  });

  it('more long calls than those hold take quick ones after all: the sum is bounded', () => {
    const all = slots();
    take(all, 4, 't_one');
    take(all, 4, 't_two');
    now = 101;
    expect(all.room('t_three')).toEqual({ quick: 4, troubled: 0 });
    take(all, 4, 't_three');
    now = 202;
    expect(all.room('t_four')).toEqual({ quick: 0, troubled: 0 });
  });

  it('come back when a call ends, once', () => {
    const all = slots();
    const [release] = take(all, 4);
    release?.();
    release?.();
    expect(all.room('t_one').quick).toBe(1);
  });
});
