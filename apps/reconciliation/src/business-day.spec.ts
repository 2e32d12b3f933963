import { describe, expect, it } from '@jest/globals';
import { addDays, dateIn, isDate, startOf } from './business-day.js';
import { slotOf } from './jobs/job-slot.js';

describe('a business day', () => {
  it('ends with the midnight of its zone, not with that of UTC', () => {
    expect(dateIn('Europe/Istanbul', new Date('2026-11-25T20:59:59.999Z'))).toBe('2026-11-25');
    expect(dateIn('Europe/Istanbul', new Date('2026-11-25T21:00:00.000Z'))).toBe('2026-11-26');
    expect(dateIn('America/New_York', new Date('2026-11-26T04:59:59Z'))).toBe('2026-11-25');
  });

  it.each([
    ['2026-11-26', 'Europe/Istanbul', '2026-11-25T21:00:00.000Z'],
    ['2026-11-26', 'UTC', '2026-11-26T00:00:00.000Z'],
    // Clocks go back at night, so that the day begins with the hour that comes twice still before it.
    ['2026-10-26', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
    // Clocks went forward at midnight: the day began at one o'clock.
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    ['2026-01-01', 'Pacific/Kiritimati', '2025-12-31T10:00:00.000Z'],
  ])('%s in %s begins at %s', (date, zone, instant) =>
    expect(startOf(date, zone).toISOString()).toBe(instant),
  );

  it('is counted over the ends of months and years, and exists on the calendar', () => {
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
    expect(addDays('2027-12-31', 1)).toBe('2028-01-01');
    expect(['2026-02-29', '2026-13-01', '26-1-1', '2028-02-29'].map(isDate)).toEqual([
      ...[false, false, false, true],
    ]);
  });
});

describe('the slot of a job', () => {
  const at = new Date('2026-11-26T22:07:31Z');
  const zone = 'Europe/Istanbul';

  it('is yesterday for a report, today for a look, in the zone of the tenant', () => {
    expect(slotOf({ about: 'yesterday' }, { at, zone })).toEqual({
      ...{ businessOn: '2026-11-26', slot: '2026-11-26' },
      from: new Date('2026-11-26T21:00:00Z'),
    });
    expect(slotOf({ about: 'now' }, { at, zone })).toMatchObject({ slot: '2026-11-27', from: new Date(0) });
    expect(slotOf({ about: 'yesterday' }, { at, zone: 'UTC' })).toMatchObject({ businessOn: '2026-11-25' });
  });

  it('is a span of minutes for what runs more often', () => {
    const five = { about: 'now', everyMinutes: 5 } as const;
    expect(slotOf(five, { at, zone })).toMatchObject({ businessOn: '2026-11-27', slot: '2026-11-26T22:05Z' });
    const next = new Date('2026-11-26T22:10:00Z');
    expect(slotOf(five, { at: next, zone })).toMatchObject({ slot: '2026-11-26T22:10Z' });
  });

  it('is refused for a day that has not come, and for the past where only now can be looked at', () => {
    const report = { about: 'yesterday' } as const;
    expect(slotOf(report, { at, zone, date: '2026-11-27' })).toMatchObject({ businessOn: '2026-11-27' });
    const ahead = { code: 'job-date-ahead', today: '2026-11-27' };
    expect(slotOf(report, { at, zone, date: '2026-11-28' })).toEqual(ahead);
    const past = { code: 'job-looks-at-now', today: '2026-11-27' };
    expect(slotOf({ about: 'now' }, { at, zone, date: '2026-11-26' })).toEqual(past);
  });
});
