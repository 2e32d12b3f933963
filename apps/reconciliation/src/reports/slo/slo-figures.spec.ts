import { describe, expect, it } from '@jest/globals';
import { HOUR_SECONDS, type Measured, partOf, POINT_SECONDS, type Span } from './slo-figures.js';
import { percentOf } from './slo-texts.js';

/** Monday 2026-11-23 in Istanbul. */
const from = Date.parse('2026-11-22T21:00:00Z') / 1_000;
const span: Span = { from, until: from + 168 * HOUR_SECONDS, zone: 'Europe/Istanbul' };
const BUDGET = 0.001;

type Hour = readonly [all: number, bad: number];

/** Measured everywhere but in the hours that are left out; counts per hour. */
function measured(hourOf: (index: number) => Hour | undefined, unseen: readonly number[] = []): Measured {
  const [points, all, bad] = [new Set<number>(), new Map<number, number>(), new Map<number, number>()];
  let [allSum, badSum] = [0, 0];
  for (let index = 0; index < 168; index += 1) {
    const end = from + (index + 1) * HOUR_SECONDS;
    if (!unseen.includes(index))
      for (let point = end - HOUR_SECONDS + POINT_SECONDS; point <= end; point += POINT_SECONDS)
        points.add(point);
    const hour = hourOf(index);
    if (hour === undefined) continue;
    all.set(end, hour[0] / HOUR_SECONDS);
    bad.set(end, hour[1] / HOUR_SECONDS);
    [allSum, badSum] = [allSum + hour[0], badSum + hour[1]];
  }
  const seconds = 168 * HOUR_SECONDS;
  const weekly = allSum === 0 ? { all: undefined, bad: undefined } : { all: allSum, bad: badSum };
  return {
    ...{ part: 'ledger', points, hourly: { all, bad } },
    weekly: {
      all: weekly.all === undefined ? undefined : weekly.all / seconds,
      bad: weekly.bad === undefined ? undefined : weekly.bad / seconds,
    },
  };
}

describe('a part of an objective', () => {
  it('is kept at the last event that the budget allows, and missed at the next', () => {
    const at = (bad: number) =>
      partOf(
        measured((index) => [1_000, index === 30 ? bad : 0]),
        span,
        BUDGET,
      );
    expect(at(168)).toMatchObject({ verdict: 'kept', attained: 0.999, budgetSpent: 1, total: 168_000 });
    expect(at(169)).toMatchObject({ verdict: 'missed', bad: 169, budgetSpent: 1.006 });
  });

  it('tells the days and hours that spent its budget, by the zone’s calendar', () => {
    const part = partOf(
      measured((index) => [1_000, index === 23 ? 84 : index === 24 ? 42 : 0]),
      span,
      BUDGET,
    );
    expect(part.days.map(({ on, spent }) => [on, spent])).toEqual([
      ...[
        ['2026-11-23', 0.5],
        ['2026-11-24', 0.25],
        ['2026-11-25', 0],
        ['2026-11-26', 0],
      ],
      ...[
        ['2026-11-27', 0],
        ['2026-11-28', 0],
        ['2026-11-29', 0],
      ],
    ]);
    expect(part.worst).toEqual([
      { from: '2026-11-23T20:00:00.000Z', total: 1_000, bad: 84 },
      { from: '2026-11-23T21:00:00.000Z', total: 1_000, bad: 42 },
    ]);
  });

  it('of which nothing was measured is not known: no figure, and never whole', () => {
    const hours = Array.from({ length: 168 }, (_, index) => index);
    const part = partOf(
      measured(() => undefined, hours),
      span,
      BUDGET,
    );
    expect(part).toMatchObject({
      ...{ verdict: 'unknown', attained: null, budgetSpent: null, total: null, bad: null, measured: 0 },
      gaps: [{ from: '2026-11-22T21:00:00.000Z', until: '2026-11-29T21:00:00.000Z' }],
    });
    expect(part.days.every(({ total, spent }) => total === null && spent === null)).toBe(true);
  });

  it('that nobody used, though it was measured, is no success either', () => {
    const part = partOf(
      measured(() => undefined),
      span,
      BUDGET,
    );
    expect(part).toMatchObject({ verdict: 'unused', attained: null, total: 0, measured: 1, gaps: [] });
  });

  it('counts hours that nobody measured as missing, not as good', () => {
    const unseen = [50, 51, 60];
    const part = partOf(
      measured((index) => (unseen.includes(index) ? undefined : [1_000, 1]), unseen),
      span,
      BUDGET,
    );
    expect(part).toMatchObject({ verdict: 'kept', total: 165_000, attained: 0.999 });
    expect(part.measured).toBeCloseTo(165 / 168, 3);
    expect(part.hours[50]).toEqual({ measured: 0, total: null, bad: null });
    expect(part.gaps).toEqual([
      { from: '2026-11-24T23:00:00.000Z', until: '2026-11-25T01:00:00.000Z' },
      { from: '2026-11-25T09:00:00.000Z', until: '2026-11-25T10:00:00.000Z' },
    ]);
  });

  it('is kept only where enough was measured: what was bad in the rest is not known', () => {
    const first = (count: number) => Array.from({ length: count }, (_, index) => index);
    const unseen = (count: number, bad: number) =>
      partOf(
        measured((index) => (index < count ? undefined : [1_000, index === 167 ? bad : 0]), first(count)),
        span,
        BUDGET,
      );
    // 8 of 168 hours are less than 5 %, 9 are more.
    expect(unseen(8, 0)).toMatchObject({ verdict: 'kept', attained: 1 });
    expect(unseen(9, 0)).toMatchObject({ verdict: 'partial', attained: 1, total: 159_000 });
    expect(unseen(160, 0)).toMatchObject({ verdict: 'partial' });
    // What is missed already doesn't get better by what nobody saw.
    expect(unseen(160, 900)).toMatchObject({ verdict: 'missed' });
  });

  it('that nobody used while it was measured for a part of the week is no more than that', () => {
    const part = partOf(
      measured(
        () => undefined,
        Array.from({ length: 20 }, (_, index) => index),
      ),
      span,
      BUDGET,
    );
    expect(part).toMatchObject({ verdict: 'partial', attained: null, total: 0 });
  });

  it('has as many hours as the week where clocks are put back', () => {
    const monday = Date.parse('2026-10-18T22:00:00Z') / 1_000;
    const week = { from: monday, until: monday + 169 * HOUR_SECONDS, zone: 'Europe/Berlin' };
    const part = partOf({ ...measured(() => undefined), points: new Set() }, week, BUDGET);
    expect(part.hours).toHaveLength(169);
    expect(part.days.map(({ on }) => on)).toEqual([
      ...['2026-10-19', '2026-10-20', '2026-10-21', '2026-10-22', '2026-10-23', '2026-10-24', '2026-10-25'],
    ]);
  });
});

describe('a share as people read it', () => {
  it.each([
    [1, '100 %', '%100'],
    [0.999999, '99.999 %', '%99,999'],
    [0.95, '95 %', '%95'],
    [0.9995, '99.95 %', '%99,95'],
    [0.57, '57 %', '%57'],
    [0, '0 %', '%0'],
  ])('%d of good is %s: never more than it is', (share, en, tr) => {
    expect([percentOf(share, 'en'), percentOf(share, 'tr')]).toEqual([en, tr]);
  });

  it('of something bad is never less than it is', () => {
    expect([1.00001, 0.0001, 1, 2.5].map((share) => percentOf(share, 'en', 'up'))).toEqual([
      ...['100.1 %', '0.1 %', '100 %', '250 %'],
    ]);
  });
});
