import { describe, expect, it } from '@jest/globals';
import { ProblemException } from '@defter/platform';
import type { FieldForms } from './filter.js';
import { filterSql, SqlValues } from './filter.read.js';
import { toFilter } from './filter.wire.js';

const fields: FieldForms = {
  id: { kind: 'integer' },
  account: { kind: 'address' },
  reference: { kind: 'text', optional: true },
  status: { kind: 'text', values: ['posted', 'pending'] },
  timestamp: { kind: 'instant' },
  inserted_at: { kind: 'instant', as: 'insertedAt' },
  reverted: { kind: 'flag' },
  metadata: { kind: 'metadata' },
  balance: { kind: 'balance' },
};
const read = (json: unknown) => toFilter(json, fields, ['query']);
const nested = (depth: number): object => (depth === 0 ? { $match: { id: 1 } } : { $not: nested(depth - 1) });

const refusalOf = (json: unknown): { loc: unknown; msg: string } => {
  try {
    read(json);
  } catch (error) {
    if (!(error instanceof ProblemException) || error.problem.status !== 400) throw error;
    const [first] = error.extras['errors'] as { loc: unknown; msg: string }[];
    return first ?? { loc: [], msg: '' };
  }
  return { loc: 'accepted', msg: '' };
};

describe('a filter', () => {
  it('is read into conditions with checked values', () => {
    expect(
      read({
        $and: [
          { $match: { account: 'users::main' } },
          { $in: { account: ['a:b', 'users:'] } },
          { $gte: { inserted_at: '2026-01-01T03:00:00+03:00' } },
          { $not: { $exists: { metadata: 'k' } } },
          { $exists: { reference: false } },
          { $lt: { 'balance[TRY/2]': '-12345678901234567890' } },
        ],
      }),
    ).toEqual({
      kind: 'and',
      parts: [
        { kind: 'address', field: 'account', patterns: [{ segments: ['users', '', 'main'], open: false }] },
        {
          kind: 'address',
          field: 'account',
          patterns: [
            { segments: ['a', 'b'], open: false },
            { segments: ['users'], open: true },
          ],
        },
        { kind: 'instant', field: 'insertedAt', compare: '>=', value: '2026-01-01T00:00:00.000000Z' },
        { kind: 'not', part: { kind: 'exists', field: 'metadata', key: 'k' } },
        { kind: 'not', part: { kind: 'exists', field: 'reference' } },
        { kind: 'integer', field: 'balance', key: 'TRY/2', compare: '<', value: -12345678901234567890n },
      ],
    });
    expect(read({})).toEqual({ kind: 'and', parts: [] });
  });

  it('puts every value into a parameter, none into the text', () => {
    const values = new SqlValues();
    const evil = `'; drop table event; --`;
    const filter = read({
      $or: [{ $match: { reference: evil } }, { $match: { [`metadata[${evil}]`]: evil } }],
    });
    const sql = filterSql(filter, (condition) =>
      'values' in condition ? `x = ${values.add(condition.values)}` : 'true',
    );
    expect([sql, values.list]).toEqual(['((x = $1) or (x = $2))', [[evil], [evil]]]);
  });

  it.each<[what: string, json: unknown, loc: unknown, says: string]>([
    ['no object', [], ['query'], 'one operator of $match, $and'],
    ['null', null, ['query'], 'one operator of'],
    ['two operators', { $match: { id: 1 }, $lt: { id: 2 } }, ['query'], 'one operator of'],
    ['an unknown operator', { $regex: { reference: 'a' } }, ['query', '$regex'], 'there are $match'],
    [
      'an unknown field',
      { $match: { colour: 1 } },
      ['query', '$match', 'colour'],
      'its fields are id, account',
    ],
    [
      'a field of every object',
      { $match: { constructor: 1 } },
      ['query', '$match', 'constructor'],
      'its fields are',
    ],
    ['two fields', { $match: { id: 1, reference: 'a' } }, ['query', '$match'], 'one field of id, account'],
    ['a part of a plain field', { $match: { 'id[1]': 1 } }, ['query', '$match', 'id[1]'], 'without brackets'],
    ['a number as text of letters', { $match: { id: 'x' } }, ['query', '$match', 'id'], 'whole number'],
    ['a fraction', { $match: { id: 1.5 } }, ['query', '$match', 'id'], 'whole number'],
    ['no address', { $match: { account: 'a b' } }, ['query', '$match', 'account'], 'users::main'],
    ['nothing but colons', { $match: { account: '...' } }, ['query', '$match', 'account'], 'users::main'],
    ['a value of no such', { $match: { status: 'open' } }, ['query', '$match', 'status'], 'posted, pending'],
    ['a time without a zone', { $lt: { timestamp: '2026-01-01' } }, ['query', '$lt', 'timestamp'], 'instant'],
    ['a flag as text', { $match: { reverted: 'true' } }, ['query', '$match', 'reverted'], 'true or false'],
    ['an order of text', { $lt: { reference: 'a' } }, ['query', '$lt', 'reference'], '$match or $in'],
    [
      'metadata without a name',
      { $match: { metadata: 'a' } },
      ['query', '$match', 'metadata'],
      'metadata[name]',
    ],
    [
      'presence of what is always there',
      { $exists: { id: true } },
      ['query', '$exists', 'id'],
      'always there',
    ],
    ['no asset', { $gt: { 'balance[lira]': 1 } }, ['query', '$gt', 'balance[lira]'], 'no asset'],
    ['a form of a number', { $like: { id: '1%' } }, ['query', '$like', 'id'], 'free text'],
    [
      'a form with half an escape',
      { $like: { reference: 'a\\' } },
      ['query', '$like', 'reference'],
      'backslash',
    ],
    ['an empty list', { $and: [] }, ['query', '$and'], 'list of filters'],
    ['an empty set', { $in: { id: [] } }, ['query', '$in', 'id'], '1 to 100 values'],
    ['a large set', { $in: { id: Array(101).fill(1) } }, ['query', '$in', 'id'], '1 to 100 values'],
    ['too many conditions', { $or: Array(51).fill({ $match: { id: 1 } }) }, expect.anything(), 'at most 50'],
    ['too many levels', nested(8), expect.anything(), 'at most 8 levels'],
  ])('with %s is refused, with what is possible', (_, json, loc, says) => {
    const { loc: at, msg } = refusalOf(json);
    expect(at).toEqual(loc);
    expect(msg).toContain(says);
  });

  it('of the largest form is read', () => {
    expect(refusalOf(nested(7)).loc).toBe('accepted');
    expect(refusalOf({ $or: Array(50).fill({ $match: { id: 1 } }) }).loc).toBe('accepted');
  });
});
