import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';
import { JsonError, LosslessNumber, parseJson } from './json-read.js';
import { RawJson, writeJson } from './json-write.js';

const read = (text: string) => parseJson(Buffer.from(text));

describe('reading JSON', () => {
  it.each([
    ['{}', {}],
    [' [1 , -2, 0]\n', [1, -2, 0]],
    ['{"a":{"b":[true,false,null,""]}}', { a: { b: [true, false, null, ''] } }],
    [String.raw`"\"\\\/\b\f\n\r\té\ud83d\ude00"`, '"\\/\b\f\n\r\té😀'],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    [`1${'0'.repeat(40)}`, 10n ** 40n],
    ['1.0', new LosslessNumber('1.0')],
    ['1e3', new LosslessNumber('1e3')],
    ['-0', new LosslessNumber('-0')],
    ['{"toString":1,"constructor":2}', { toString: 1, constructor: 2 }],
  ])('%s', (text, value) => expect(read(text)).toEqual(value));

  it.each([
    ['nothing', ''],
    ['text after the document', '{} {}'],
    ['a key twice', '{"a":1,"b":{"a":1},"a":2}'],
    ['a key twice with the same value', '{"a":1,"a":1}'],
    ['a key twice, once escaped', String.raw`{"a":1,"\u0061":1}`],
    ['a trailing comma', '[1,]'],
    ['a comma first', '{,"a":1}'],
    ['a key without quotes', '{a:1}'],
    ['single quotes', "{'a':1}"],
    ['a leading zero', '01'],
    ['a plus', '+1'],
    ['a bare point', '.5'],
    ['a point without digits', '1.'],
    ['NaN', 'NaN'],
    ['hexadecimal', '0x10'],
    ['a comment', '{}//'],
    ['a byte order mark', '\ufeff{}'],
    ['a raw NUL', '"\0"'],
    ['an escaped NUL', String.raw`"\u0000"`],
    ['an escaped NUL in a key', String.raw`{"\u0000":1}`],
    ['half a surrogate pair', String.raw`"\ud800"`],
    ['a raw line feed in a string', '"a\nb"'],
    ['a string without end', '"abc'],
    ['an escape at the end', '"abc\\'],
    ['an unknown escape', String.raw`"\x"`],
    ['__proto__', '{"__proto__":{"admin":true}}'],
    ['a hundred thousand brackets', '['.repeat(100_000)],
    ['a number of two thousand digits', '1'.repeat(2_000)],
  ])('refuses %s', (_, text) => expect(() => read(text)).toThrow(JsonError));

  it('gives __proto__ as a member like any other when asked to', () => {
    const text = '{"__proto__":{"a":1},"constructor":{"__proto__":"x"}}';
    const value = parseJson(text, { anyKey: true });
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(writeJson(value)).toBe(text);
    expect(() => parseJson('{"__proto__":1,"__proto__":2}', { anyKey: true })).toThrow('stands twice');
  });

  it('refuses invalid UTF-8', () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc0, 0x80, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
    ]) {
      expect(() => parseJson(Uint8Array.from(bytes))).toThrow('not valid UTF-8');
    }
  });

  it('agrees with JSON.parse on what both can say', () => {
    const document = fc.jsonValue({ noUnicodeString: false }).filter((value) => !hasOtherNumber(value));
    fc.assert(
      fc.property(document, fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!text.includes('__proto__') && !text.includes('\\u0000'));
        expect(read(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('writing JSON', () => {
  it('gives back every digit it read', () => {
    fc.assert(
      fc.property(fc.bigInt(), (amount) =>
        expect(read(writeJson({ amount }))).toEqual({ amount: shrunk(amount) }),
      ),
    );
    expect(
      writeJson({
        a: 12345678901234567890n,
        b: [1n, undefined],
        c: undefined,
        d: new Date(0),
        e: new RawJson('1.50'),
      }),
    ).toBe('{"a":12345678901234567890,"b":[1,null],"d":"1970-01-01T00:00:00.000Z","e":1.50}');
  });

  it('writes what JSON.stringify writes', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => expect(writeJson(value)).toBe(JSON.stringify(value))));
  });

  it('refuses NaN rather than writing null', () =>
    expect(() => writeJson([Number.NaN])).toThrow('cannot be written'));
});

it('canonical text is the same whatever the order and the spaces, and differs in a digit', () => {
  const text = canonicalJson(read('{"b":[1,{"d":1.50,"c":2}],"a":9007199254740993}'));
  expect(canonicalJson(read('{ "a": 9007199254740993, "b": [1, {"c":2, "d":1.50}] }'))).toBe(text);
  expect(canonicalJson(read('{"b":[1,{"d":1.50,"c":2}],"a":9007199254740992}'))).not.toBe(text);
});

const shrunk = (amount: bigint) =>
  BigInt(Number(amount)) === amount && Number.isSafeInteger(Number(amount)) ? Number(amount) : amount;

function hasOtherNumber(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isSafeInteger(value) || Object.is(value, -0);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasOtherNumber);
}
