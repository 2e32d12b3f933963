import { describe, expect, it } from '@jest/globals';
import { overdueOn, readExemptions } from './exemptions.js';

const sound = {
  ...{ id: 'old-token', kind: 'secret', what: 'the key of mock-psp in CI', owner: 'payments' },
  ...{ reason: 'Its provider rotates keys on Mondays only', since: '2026-11-01', due: '2026-12-01' },
};
const read = (...entries: unknown[]) => readExemptions(JSON.stringify({ exemptions: entries }));

describe('the register of exemptions', () => {
  it('may be empty', () => expect(read()).toEqual({ exemptions: [], faults: [] }));

  it('takes thirty days, and not thirty-one', () => {
    expect(read(sound)).toEqual({ exemptions: [sound], faults: [] });
    expect(read({ ...sound, due: '2026-12-02' })).toEqual({
      exemptions: [],
      faults: ['exemptions[0]: due must be within 30 days of since'],
    });
  });

  it.each([
    ['', 'The file must be {"exemptions": […]}'],
    ['[]', 'The file must be {"exemptions": […]}'],
    ['{"exemptions": {}}', 'The file must be {"exemptions": […]}'],
    ['{"exemptions": [], "more": 1}', 'The file must be {"exemptions": […]}'],
  ])('%j is none', (text, fault) => expect(readExemptions(text).faults).toEqual([fault]));

  it.each([
    [{ owner: '' }, 'exemptions[0] has no owner'],
    [{ due: 20261201 }, 'exemptions[0] has no due'],
    [{ until: 'x' }, 'exemptions[0] has until, which nobody reads'],
    [{ id: 'Old Token' }, 'exemptions[0]: the id must be in kebab-case'],
    [{ kind: 'other' }, 'exemptions[0]: the kind must be one of secret, lint, audit, policy'],
    [{ reason: 'later' }, 'exemptions[0]: the reason must be a sentence'],
    [{ due: '2026-11-31' }, 'exemptions[0]: due must be a date such as 2026-01-31'],
    [{ due: '2026-10-31' }, 'exemptions[0]: due must be within 30 days of since'],
  ])('%j: %s', (change, fault) => expect(read({ ...sound, ...change }).faults).toEqual([fault]));

  it('has each id once', () => {
    expect(read(sound, { ...sound, what: 'another' }).faults).toEqual(['old-token stands there twice']);
  });

  it('is overdue on the day after the last one', () => {
    const { exemptions } = read(sound);
    expect(overdueOn(exemptions, '2026-12-01')).toEqual([]);
    expect(overdueOn(exemptions, '2026-12-02')).toEqual([sound]);
  });
});
