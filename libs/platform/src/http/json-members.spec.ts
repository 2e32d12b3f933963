import { expect, it } from '@jest/globals';
import { listMember, memberOf, readJson, textMember, writtenMember } from './json-members.js';

const json = readJson(
  '{"text":"a","empty":"","whole":12,"huge":90071992547409931234,"decimal":1.50,"list":[1]}',
);

it('bytes that are no JSON, or say a key twice, are undefined', () => {
  for (const text of ['', '{', '{"a":1,"a":2}', 'x']) expect(readJson(text)).toBeUndefined();
  expect(readJson(new Uint8Array([0xff]))).toBeUndefined();
});

it('a number is given as it is written', () => {
  const written = ['text', 'whole', 'huge', 'decimal'].map((field) => writtenMember(json, field));
  expect(written).toEqual(['a', '12', '90071992547409931234', '1.50']);
  for (const field of ['empty', 'list', 'missing', 'constructor'])
    expect(writtenMember(json, field)).toBeUndefined();
});

it('what isn’t there, or is of another kind, is undefined or empty', () => {
  expect([textMember(json, 'whole'), textMember(json, 'empty'), memberOf(json, 'toString')]).toEqual([
    ...[undefined, undefined, undefined],
  ]);
  expect([listMember(json, 'list'), listMember(json, 'text'), listMember(undefined, 'x')]).toEqual([
    [1],
    [],
    [],
  ]);
});
