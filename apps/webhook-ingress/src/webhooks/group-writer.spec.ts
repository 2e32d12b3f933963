import { describe, expect, it } from '@jest/globals';
import { Fault } from '@defter/platform';
import { GroupWriter } from './group-writer.js';
import type { Intake } from './intake.js';

const intake = (requestId: string, tenantId = 't', bytes = 10): Intake => ({
  origin: {
    ...{ tenantId, requestId, provider: 'p', connectionId: 'c', verified: true },
    ...{ receivedAt: new Date(0), traceparent: undefined },
  },
  request: {
    ...{ path: '/', headers: {}, body: new Uint8Array(bytes), bodySha256: Buffer.alloc(32), keyId: 'k' },
    ...{ refusedBecause: null, status: 'accepted', unreadableBecause: null, eventCount: 0 },
  },
  events: [],
  repeated: [],
  messages: [],
});
const idsOf = (group: readonly Intake[]) => group.map(({ origin }) => origin.requestId);

/** A writer whose statements end when the test says so. */
function stand(outcome: (ids: readonly string[]) => Error | undefined = () => undefined) {
  const groups: string[][] = [];
  const ends: (() => void)[] = [];
  const writer = new GroupWriter(
    async (group) => {
      groups.push(idsOf(group));
      await new Promise<void>((resolve) => ends.push(resolve));
      const error = outcome(idsOf(group));
      if (error !== undefined) throw error;
      return new Set(idsOf(group));
    },
    () => undefined,
  );
  const finish = async () => {
    while (ends.length > 0) {
      ends.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { writer, groups, finish };
}

describe('the group writer', () => {
  it('writes at once while it has a free statement, and together what comes meanwhile', async () => {
    const { writer, groups, finish } = stand();
    const all = Promise.all(['1', '2', '3', '4', '5'].map((id) => writer.add(intake(id))));
    expect([groups, writer.backlog]).toEqual([[['1'], ['2']], 3]);
    await finish();
    await all;
    expect(groups).toEqual([['1'], ['2'], ['3', '4', '5']]);
  });

  it('keeps tenants apart, and groups within their limits', async () => {
    const { writer, groups, finish } = stand();
    const big = 700_000;
    const waiting = [
      intake('a'),
      intake('b'),
      intake('c', 't', big),
      intake('d', 'u'),
      intake('e', 't', big),
    ];
    const all = Promise.all(waiting.map((one) => writer.add(one)));
    await finish();
    await all;
    expect(groups).toEqual([['a'], ['b'], ['c'], ['d'], ['e']]);
  });

  it('writes one by one what failed together, so that only the wrong one hears of it', async () => {
    const { writer, finish } = stand((ids) => (ids.includes('bad') ? new Error('wrong') : undefined));
    const all = Promise.allSettled(['1', '2', 'good', 'bad', 'fine'].map((id) => writer.add(intake(id))));
    await finish();
    expect((await all).map(({ status }) => status)).toEqual([
      ...['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    ]);
  });

  it('tells all of them when the database is away, without trying again', async () => {
    const { writer, groups, finish } = stand((ids) =>
      ids.length > 1 ? new Fault('database-away', '') : undefined,
    );
    const all = Promise.allSettled(['1', '2', '3', '4'].map((id) => writer.add(intake(id))));
    await finish();
    expect((await all).map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ]);
    expect(groups).toHaveLength(3);
  });

  it('refuses beyond its bound instead of growing', async () => {
    const { writer, finish } = stand();
    const all = Array.from({ length: 2_002 }, (_, index) => writer.add(intake(`${index}`)));
    await expect(writer.add(intake('too many'))).rejects.toThrow(Fault);
    await finish();
    await Promise.all(all);
  });
});
