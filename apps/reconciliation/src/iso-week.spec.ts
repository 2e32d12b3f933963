import { describe, expect, it } from '@jest/globals';
import { slotOf } from './jobs/job-slot.js';
import { weekNamed, weekOf } from './iso-week.js';

describe('a week of ISO 8601', () => {
  // From the standard's own examples: the days around a year's end.
  it.each([
    ['2026-11-27', '2026-W48', '2026-11-23', '2026-11-29'],
    ['2026-11-29', '2026-W48', '2026-11-23', '2026-11-29'],
    ['2026-11-30', '2026-W49', '2026-11-30', '2026-12-06'],
    ['2027-01-03', '2026-W53', '2026-12-28', '2027-01-03'],
    ['2024-12-30', '2025-W01', '2024-12-30', '2025-01-05'],
    ['2023-01-01', '2022-W52', '2022-12-26', '2023-01-01'],
    ['2024-02-29', '2024-W09', '2024-02-26', '2024-03-03'],
  ])('%s is in %s', (date, name, monday, sunday) => {
    expect(weekOf(date)).toEqual({ name, monday, sunday });
    expect(weekNamed(name)).toEqual({ name, monday, sunday });
  });

  it.each(['2025-W53', '2026-W54', '2026-W00', '2026-48', '2026-W4', ''])('has not the name %j', (name) =>
    expect(weekNamed(name)).toBeUndefined(),
  );
});

describe('the slot of a weekly job', () => {
  const zone = 'Europe/Istanbul';
  const plan = { about: 'last-week' } as const;
  const slot = (at: string, date?: string) => slotOf(plan, { at: new Date(at), zone, date });

  it('is the Sunday of the week before, by the zone’s calendar', () => {
    // 21:00 in UTC is Istanbul's midnight: one minute later it is Monday there.
    expect(slot('2026-11-29T20:59:00Z')).toMatchObject({ businessOn: '2026-11-22', slot: '2026-11-22' });
    expect(slot('2026-11-29T21:01:00Z')).toMatchObject({ businessOn: '2026-11-29', slot: '2026-11-29' });
    expect(slot('2026-12-04T08:00:00Z')).toMatchObject({ businessOn: '2026-11-29' });
  });

  it('is the same for each date of a week that is over', () => {
    const at = '2026-11-30T05:00:00Z';
    const slots = ['2026-11-23', '2026-11-25', '2026-11-29'].map((date) => slot(at, date));
    expect(new Set(slots.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(slots[0]).toEqual({
      ...{ businessOn: '2026-11-29', slot: '2026-11-29', from: new Date('2026-11-29T21:00:00Z') },
    });
  });

  it('is refused for a week that is not over', () => {
    expect(slot('2026-11-29T20:00:00Z', '2026-11-23')).toEqual({
      ...{ code: 'job-week-not-over', week: '2026-W48', ends_on: '2026-11-29' },
      ...{ today: '2026-11-29', latest: '2026-11-22' },
    });
    expect(slot('2026-11-30T05:00:00Z', '2026-11-30')).toEqual({
      ...{ code: 'job-week-not-over', week: '2026-W49', ends_on: '2026-12-06' },
      ...{ today: '2026-11-30', latest: '2026-11-29' },
    });
    // What it names can be asked for.
    expect(slot('2026-11-30T05:00:00Z', '2026-11-29')).toMatchObject({ slot: '2026-11-29' });
  });
});
