import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isId, newId, uuidv7 } from './index.js';

const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 });
const times = fc.integer({ min: 0, max: 2 ** 48 - 1 });

describe('uuidv7', () => {
  it('is the example of RFC 9562, appendix A.6', () =>
    expect(
      uuidv7(0x017f22e279b0, Uint8Array.from([0xcc, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f])),
    ).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f'));

  it('has version 7 and variant 10 whatever the random bytes are', () =>
    fc.assert(
      fc.property(times, bytes, (now, random) =>
        expect(uuidv7(now, random)).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        ),
      ),
    ));

  it('sorts by time', () =>
    fc.assert(
      fc.property(times, times, bytes, bytes, (a, b, first, second) => {
        fc.pre(a < b);
        expect(uuidv7(a, first) < uuidv7(b, second)).toBe(true);
      }),
    ));

  it('refuses a time it cannot hold and too few random bytes', () => {
    for (const now of [-1, 0.5, 2 ** 48, Number.NaN]) {
      expect(() => uuidv7(now, new Uint8Array(10))).toThrow(RangeError);
    }
    expect(() => uuidv7(0, new Uint8Array(9))).toThrow(RangeError);
  });
});

describe('ids', () => {
  it('are recognised by their prefix', () => {
    const id = newId('po');
    expect(isId('po', id)).toBe(true);
    expect(isId('op', id)).toBe(false);
  });

  it('are never made twice', () =>
    expect(new Set(Array.from({ length: 10_000 }, () => newId('op'))).size).toBe(10_000));

  it.each([
    'po_',
    'po',
    `po_${'0'.repeat(32)}`,
    'po_017F22E279B07CC398C4DC0C0C07398F',
    'po_017f22e279b07cc398c4dc0c0c07398f\n',
  ])('%j is none', (text) => expect(isId('po', text)).toBe(false));
});
