import { describe, expect, it } from '@jest/globals';
import { progressOf } from './scan-progress.js';

const saved = { head: '100', added: '50', entriesAdded: '50', accounts: 0, place: null };

describe('a scan that was begun', () => {
  it('goes on where it was', () => expect(progressOf(saved)).toEqual(saved));

  it.each([
    ['by a process that knows no entries', { head: '100', added: '50', accounts: 0, place: null }],
    ['and carried on by one: it has kept what it doesn’t know', { ...saved, added: '100' }],
    ['and has saved nothing', {}],
  ])('%s is begun anew', (_, progress) => expect(progressOf(progress)).toBeUndefined());
});
