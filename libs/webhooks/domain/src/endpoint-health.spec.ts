import { describe, expect, it } from '@jest/globals';
import { decideHealth, type EndpointHealth } from './index.js';

const HOUR = 3_600_000;
const DAYS = 5 * 24 * HOUR;
const start = new Date('2026-01-01T00:00:00Z');
const at = (hours: number, ms = 0) => new Date(start.getTime() + hours * HOUR + ms);
const healthy: EndpointHealth = {
  status: 'enabled',
  failingSince: null,
  lastFailedAt: null,
  slowSince: null,
};
const failing = (since: number, last: number): EndpointHealth => ({
  ...healthy,
  failingSince: at(since),
  lastFailedAt: at(last),
});
const failed = (when: Date) => ({ endpoint: 'failing', slow: false, at: when }) as const;
const worked = (when: Date, slow = false) => ({ endpoint: 'healthy', slow, at: when }) as const;

describe('the health of an endpoint', () => {
  it('changes nothing while all goes well', () =>
    expect(decideHealth(healthy, worked(at(0)), DAYS)).toBeUndefined());

  it('remembers since when it fails', () => {
    expect(decideHealth(healthy, failed(at(1)), DAYS)?.health).toMatchObject({ failingSince: at(1) });
    expect(decideHealth(failing(1, 2), failed(at(3)), DAYS)?.health).toMatchObject({
      failingSince: at(1),
      lastFailedAt: at(3),
    });
  });

  it('is forgiven by one success', () =>
    expect(decideHealth(failing(0, 100), worked(at(101)), DAYS)?.health).toEqual(healthy));

  it('is disabled after five days of failures, not a millisecond earlier', () => {
    const known = failing(0, 110);
    expect(decideHealth(known, failed(at(120, -1)), DAYS)).not.toHaveProperty('disabled');
    expect(decideHealth(known, failed(at(120)), DAYS)).toMatchObject({
      disabled: 'failing',
      health: { status: 'disabled' },
    });
  });

  it('begins anew when nothing was tried for more than a day: two bad days are not five', () => {
    expect(decideHealth(failing(0, 96), failed(at(120)), DAYS)).toHaveProperty('disabled', 'failing');
    const forgotten = decideHealth(failing(0, 95), failed(at(120)), DAYS);
    expect(forgotten).not.toHaveProperty('disabled');
    expect(forgotten?.health.failingSince).toEqual(at(120));
  });

  it('is disabled at once when the endpoint says that it is gone', () =>
    expect(decideHealth(healthy, { ...failed(at(0)), endpoint: 'gone' }, DAYS)?.disabled).toBe('gone'));

  it('is not disabled twice', () => {
    const disabled = { ...failing(0, 119), status: 'disabled' } as const;
    expect(decideHealth(disabled, failed(at(130)), DAYS)).not.toHaveProperty('disabled');
  });

  it('remembers that answers take long until one doesn’t', () => {
    const slow = decideHealth(healthy, worked(at(1), true), DAYS)?.health;
    expect(slow?.slowSince).toEqual(at(1));
    if (slow === undefined) throw new Error('no change');
    expect(decideHealth(slow, worked(at(2), true), DAYS)).toBeUndefined();
    expect(decideHealth(slow, worked(at(2)), DAYS)?.health).toEqual(healthy);
  });
});
