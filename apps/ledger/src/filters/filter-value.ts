import { isAssetCode } from '@defter/ledger-domain';
import { malformed, type ProblemException } from '@defter/platform';
import { toInstant } from '../instant.js';
import { toAddressPattern } from './address-pattern.wire.js';
import type { Comparison, Condition, FieldForm, Filter } from './filter.js';

export type Loc = readonly (string | number)[];

const MAX_DIGITS = 79;
const MAX_TEXT = 4096;

/** A filter that can't be answered: 400 with what could be. */
export const unsupported = (loc: Loc, msg: string): ProblemException =>
  malformed([{ loc, msg, type: 'filter' }]);

/** A field as it stands in a filter: `metadata[key]` is the form of `metadata` with its key. */
export interface NamedField {
  readonly name: string;
  readonly form: FieldForm;
  readonly key?: string;
}

/** The condition that the field has one of the values. */
export const equalTo = (field: NamedField, values: readonly unknown[], loc: Loc): Filter => {
  const { form } = field;
  const name = form.as ?? field.name;
  switch (form.kind) {
    case 'address':
      return { kind: 'address', field: name, patterns: values.map((value) => pattern(value, loc)) };
    case 'text':
      return { kind: 'text', field: name, values: values.map((value) => word(value, form.values, loc)) };
    case 'metadata':
      return { kind: 'metadata', key: keyOf(field, loc), values: values.map((value) => text(value, loc)) };
    case 'flag':
      return anyOf(values.map((value) => ({ kind: 'flag', field: name, value: flag(value, loc) })));
    case 'integer':
    case 'balance':
    case 'instant':
      return anyOf(values.map((value) => compared(field, '=', value, loc)));
  }
};

/** The condition that the field compares so with the value. @throws ProblemException for other fields */
export const compared = (field: NamedField, compare: Comparison, value: unknown, loc: Loc): Condition => {
  const { form, key } = field;
  const name = form.as ?? field.name;
  if (form.kind === 'integer') return { kind: 'integer', field: name, compare, value: integer(value, loc) };
  if (form.kind === 'balance') {
    if (key !== undefined && !isAssetCode(key)) throw unsupported(loc, `${key} is no asset`);
    const of = key === undefined ? {} : { key };
    return { kind: 'integer', field: name, ...of, compare, value: integer(value, loc) };
  }
  if (form.kind === 'instant')
    return { kind: 'instant', field: name, compare, value: toInstant(text(value, loc), loc) };
  throw unsupported(loc, `${field.name} has no order; use $match or $in`);
};

/** The condition that the text has the form: `%` stands for any characters, `_` for one. */
export const alike = (field: NamedField, value: unknown, loc: Loc): Condition => {
  const { form } = field;
  const pattern = text(value, loc);
  // A backslash at the end would be an error of the database.
  if (/(^|[^\\])(\\\\)*\\$/.test(pattern)) throw unsupported(loc, 'must not end with a single backslash');
  if (form.kind === 'text' && form.values === undefined)
    return { kind: 'like', field: form.as ?? field.name, pattern };
  if (form.kind === 'metadata') return { kind: 'like', field: 'metadata', key: keyOf(field, loc), pattern };
  throw unsupported(loc, `$like compares free text; ${field.name} is none`);
};

/** The condition that the field has a value: `{"metadata": "key"}`, or a field with true or false. */
export const present = (field: NamedField, value: unknown, loc: Loc): Filter => {
  const { form, key } = field;
  if (form.kind === 'metadata' && key === undefined)
    return { kind: 'exists', field: 'metadata', key: text(value, loc) };
  const condition = presence(field, loc);
  return flag(value, loc) ? condition : { kind: 'not', part: condition };
};

const presence = ({ name, form, key }: NamedField, loc: Loc): Condition => {
  if (form.kind === 'metadata' && key !== undefined) return { kind: 'exists', field: 'metadata', key };
  if (form.kind === 'text' && form.optional === true) return { kind: 'exists', field: form.as ?? name };
  throw unsupported(loc, `${name} is always there; $exists is for metadata and optional fields`);
};

const anyOf = (parts: readonly Condition[]): Filter => {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: 'or', parts };
};

const keyOf = ({ key }: NamedField, loc: Loc): string => {
  if (key !== undefined) return key;
  throw unsupported(loc, 'metadata needs a name: metadata[name]');
};

const text = (value: unknown, loc: Loc): string => {
  if (typeof value === 'string' && value.length <= MAX_TEXT) return value;
  throw unsupported(loc, `must be a text of at most ${MAX_TEXT} characters`);
};

const word = (value: unknown, known: readonly string[] | undefined, loc: Loc): string => {
  const given = text(value, loc);
  if (known === undefined || known.includes(given)) return given;
  throw unsupported(loc, `must be one of ${known.join(', ')}`);
};

const flag = (value: unknown, loc: Loc): boolean => {
  if (typeof value === 'boolean') return value;
  throw unsupported(loc, 'must be true or false');
};

const integer = (value: unknown, loc: Loc): bigint => {
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value)))
    return bounded(BigInt(value), loc);
  if (typeof value === 'string' && /^-?\d{1,79}$/.test(value)) return bounded(BigInt(value), loc);
  throw unsupported(loc, 'must be a whole number');
};

const bounded = (value: bigint, loc: Loc): bigint => {
  if (value.toString().length <= MAX_DIGITS) return value;
  throw unsupported(loc, `must have at most ${MAX_DIGITS - 1} digits`);
};

const pattern = (value: unknown, loc: Loc) => {
  const found = typeof value === 'string' ? toAddressPattern(value) : undefined;
  if (found !== undefined) return found;
  throw unsupported(loc, 'must be an address such as users:42, or a partial one: users::main, users:');
};
