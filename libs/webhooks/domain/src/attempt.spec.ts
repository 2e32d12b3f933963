import { describe, expect, it } from '@jest/globals';
import { type AttemptResult, decideAttempt, retryAfterMs } from './index.js';

const SECOND = 1_000;
const policy = { ladderMs: [0, 5 * SECOND, 300 * SECOND], longestRetryAfterMs: 3_600 * SECOND };
const answered = (status: number, retryMs?: number): AttemptResult => ({
  kind: 'answered',
  status,
  ...(retryMs !== undefined && { retryAfterMs: retryMs }),
});
const decide = (result: AttemptResult, tries = 1, chance = 0) => decideAttempt(result, tries, policy, chance);

describe('an attempt', () => {
  it.each([200, 204, 299])('answered with %i delivers', (status) =>
    expect(decide(answered(status))).toEqual({ trigger: 'accepted by the receiver', endpoint: 'healthy' }),
  );

  it.each([199, 300, 302, 400, 404, 500])('answered with %i is tried again after the next wait', (status) =>
    expect(decide(answered(status))).toEqual({
      trigger: 'failed',
      reason: `http_${status}`,
      inMs: 5 * SECOND,
      endpoint: 'failing',
    }),
  );

  it('that got no answer is tried again too', () =>
    expect(decide({ kind: 'failed', failure: 'connect_timeout' }, 2)).toMatchObject({
      trigger: 'failed',
      reason: 'connect_timeout',
      inMs: 300 * SECOND,
    }));

  it('that was the last one ends the delivery', () =>
    expect(decide(answered(500), 3)).toEqual({
      trigger: 'failed for the last time',
      reason: 'http_500',
      endpoint: 'failing',
    }));

  it('answered with 410 ends it at once, and the endpoint with it', () =>
    expect(decide(answered(410))).toEqual({
      trigger: 'failed for the last time',
      reason: 'http_410',
      endpoint: 'gone',
    }));

  it('waits up to a fifth longer than the ladder says, never shorter', () => {
    expect(decide(answered(500), 1, 0.999).inMs).toBeLessThan(6 * SECOND);
    expect(decide(answered(500), 1, 0.5).inMs).toBe(5_500);
  });

  it.each([
    ['longer than the ladder', 60 * SECOND, 60 * SECOND],
    ['shorter than the ladder', 1 * SECOND, 5 * SECOND],
    ['beyond the bound', 90_000 * SECOND, 3_600 * SECOND],
  ])('honours Retry-After %s', (_, asked, inMs) => {
    expect(decide(answered(429, asked)).inMs).toBe(inMs);
    expect(decide(answered(503, asked)).inMs).toBe(inMs);
  });

  it('looks at Retry-After only where it means something', () =>
    expect(decide(answered(500, 60 * SECOND)).inMs).toBe(5 * SECOND));
});

describe('Retry-After', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['99999999999', undefined],
    ['2026-01-01', undefined],
    [undefined, undefined],
  ])('%j means %j ms', (text, ms) => expect(retryAfterMs(text, now)).toBe(ms));
});
