import { describe, expect, it } from '@jest/globals';
import { judge, type Finding } from './index.js';

const long = (size: number): Finding => ({ rule: 'file-lines', path: 'a.ts', size, message: '' });
const wide = (line: number): Finding => ({ rule: 'line-length', path: 'a.ts', line, message: '' });

describe('the ratchet', () => {
  it('refuses what it does not know', () => expect(judge([long(301)], {}).refused).toEqual([long(301)]));

  it('tolerates what was there, not one line more', () => {
    const ratchet = { 'file-lines a.ts': 320, 'line-length a.ts': 2 };
    expect(judge([long(320), wide(1), wide(2)], ratchet).refused).toEqual([]);
    expect(judge([long(321), wide(1), wide(2)], ratchet).refused).toEqual([long(321)]);
    expect(judge([long(320), wide(1), wide(2), wide(3)], ratchet).refused).toHaveLength(3);
  });

  it('must be lowered when the code got better, and is never raised', () => {
    const ratchet = { 'file-lines a.ts': 320, 'line-length a.ts': 2 };
    const { loose, tightened } = judge([long(310)], ratchet);
    expect(loose).toEqual(['file-lines a.ts', 'line-length a.ts']);
    expect(tightened).toEqual({ 'file-lines a.ts': 310 });
    expect(judge([long(400)], ratchet).tightened).toEqual({ 'file-lines a.ts': 320 });
  });
});
