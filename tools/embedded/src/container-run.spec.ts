import { afterEach, describe, expect, it } from '@jest/globals';
import { currentRun, isOver, RUN_VARIABLE, runOfThisProcess } from './container-run.js';

const [pid = '', startedAt = '', namespace = ''] = runOfThisProcess().split('.');

describe('a run with containers', () => {
  afterEach(() => {
    delete process.env[RUN_VARIABLE];
  });

  it('has a name that fits a label and the tag of an image', () => {
    expect(runOfThisProcess()).toMatch(/^\w[\w.-]{0,127}$/);
    expect(pid).toBe(`${process.pid}`);
  });

  it('is over when the process that began it is gone, and not before', () => {
    expect(isOver(runOfThisProcess())).toBe(false);
    expect(isOver(`${pid}.1.${namespace}`)).toBe(true); // the number was given to another process
  });

  it('is never taken for over where its process is not to be seen, nor what has another name', () => {
    expect(isOver(`${pid}.1.1`)).toBe(false);
    // The first world of process ids has the same number on another machine.
    expect(isOver(`${pid}.1.${namespace.replace(/-.*/, '-0123456789ab')}`)).toBe(false);
    expect(['', 'latest', `${pid}.${startedAt}`].filter((name) => isOver(name))).toEqual([]);
  });

  it('is that of whoever began it', () => {
    expect(currentRun()).toBe(runOfThisProcess());
    process.env[RUN_VARIABLE] = '1.2.3';
    expect(currentRun()).toBe('1.2.3');
  });
});
