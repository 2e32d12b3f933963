import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CallPlaces, type Line } from './call-places.js';

const line = (tenantId: string, connectionId = `c_${tenantId}`): Line => ({ tenantId, connectionId });
const fill = (places: CallPlaces, who: Line): number => {
  const room = places.roomFor(who);
  for (let n = 0; n < room; n++) places.take(who);
  return room;
};

describe('the places for calls', () => {
  it('give a connection half at most, also when nobody else waits', () => {
    expect(fill(new CallPlaces(32), line('one'))).toBe(16);
  });

  it('give a tenant two thirds at most over all its connections', () => {
    const places = new CallPlaces(30);
    const took = ['a', 'b', 'c', 'd'].map((connection) => fill(places, line('one', connection)));
    expect(took).toEqual([15, 5, 0, 0]);
    expect(fill(places, line('two'))).toBe(5);
  });

  it('let who holds none have the last one', () => {
    const places = new CallPlaces(2);
    expect(fill(places, line('one'))).toBe(1);
    expect(fill(places, line('two'))).toBe(1);
    expect(fill(places, line('three'))).toBe(0);
    expect(fill(new CallPlaces(1), line('one'))).toBe(1);
  });

  it('are there again when they are given back', () => {
    const places = new CallPlaces(2);
    const giveBack = places.take(line('one'));
    places.take(line('two'));
    expect(places.roomFor(line('three'))).toBe(0);
    giveBack();
    expect(places.roomFor(line('three'))).toBe(1);
    expect(places.inUse).toEqual([{ line: line('two'), held: 1 }]);
  });

  it('are offered to who holds least first, then to who waited longest', () => {
    const places = new CallPlaces(9);
    const all = [line('one'), line('two'), line('three')];
    places.take(line('one'));
    places.served(line('two'));
    expect(places.inOrder(all)).toEqual([line('three'), line('two'), line('one')]);
    places.served(line('three'));
    expect(places.inOrder(all)).toEqual([line('two'), line('three'), line('one')]);
    places.keepOnly([line('two'), line('three')]);
    expect(places.inOrder(all)).toEqual([line('two'), line('three'), line('one')]);
  });

  it('are halved at worst by each connection that hangs, so a newcomer finds one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 64 }),
        fc.array(fc.tuple(fc.nat(5), fc.nat(3)), { maxLength: 40 }),
        (capacity, takers) => {
          const places = new CallPlaces(capacity);
          const hanging = new Set<string>();
          for (const [tenant, connection] of takers) {
            const who = line(`t${tenant}`, `t${tenant}c${connection}`);
            if (!hanging.has(who.connectionId) && 2 ** (hanging.size + 1) > capacity) continue;
            hanging.add(who.connectionId);
            fill(places, who);
          }
          const used = places.inUse.reduce((sum, { held }) => sum + held, 0);
          expect(used).toBeLessThanOrEqual(capacity);
          expect(places.roomFor(line('new'))).toBeGreaterThan(0);
        },
      ),
    );
  });
});
