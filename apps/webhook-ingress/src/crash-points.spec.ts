import { describe, expect, it } from '@jest/globals';
import { documentedCrashPoints, passedCrashPoints } from '@defter/testing';
import { crashPoints } from './crash-points.js';

describe('the crash points', () => {
  it('are those of the README', () =>
    expect(documentedCrashPoints(import.meta.url)).toEqual([...crashPoints].sort()));

  it('are each passed somewhere', () =>
    expect(passedCrashPoints(import.meta.url, crashPoints)).toEqual(crashPoints));
});
