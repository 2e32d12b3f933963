/**
 * The filter language of lists: JSON with one operator an object, as users of this API's shape know it.
 *
 *     {"$and": [{"$match": {"account": "users:"}}, {"$gte": {"timestamp": "2026-01-01T00:00:00Z"}}]}
 */
import type { Comparison, FieldForms, Filter } from './filter.js';
import { EVERYTHING } from './filter.js';
import { alike, compared, equalTo, type Loc, type NamedField, present, unsupported } from './filter-value.js';

const COMPARISONS: Readonly<Record<string, Comparison>> = { $lt: '<', $lte: '<=', $gt: '>', $gte: '>=' };
const OPERATORS = ['$match', '$and', '$or', '$not', ...Object.keys(COMPARISONS), '$exists', '$in', '$like'];
const MAX_DEPTH = 8;
const MAX_CONDITIONS = 50;
const MAX_VALUES = 100;
const FIELD = /^([A-Za-z_]+)(?:\[(.{1,256})\])?$/s;

/** Reads a filter on these fields; an empty object is no filter. @throws ProblemException `malformed` */
export const toFilter = (json: unknown, fields: FieldForms, loc: Loc): Filter =>
  isObject(json) && Object.keys(json).length === 0 ? EVERYTHING : new FilterReader(fields).read(json, loc, 1);

class FilterReader {
  private conditions = 0;

  constructor(private readonly fields: FieldForms) {}

  read(json: unknown, loc: Loc, depth: number): Filter {
    const [operator, value] = this.only(json, loc, `one operator of ${OPERATORS.join(', ')}`);
    const at = [...loc, operator];
    if (depth > MAX_DEPTH) throw unsupported(at, `A filter has at most ${MAX_DEPTH} levels`);
    switch (operator) {
      case '$and':
      case '$or':
        return { kind: operator === '$and' ? 'and' : 'or', parts: this.parts(value, at, depth) };
      case '$not':
        return { kind: 'not', part: this.read(value, at, depth + 1) };
      default:
        return this.condition(operator, value, at);
    }
  }

  private parts(value: unknown, loc: Loc, depth: number): Filter[] {
    if (!Array.isArray(value) || value.length === 0) throw unsupported(loc, 'must be a list of filters');
    return value.map((part: unknown, index) => this.read(part, [...loc, index], depth + 1));
  }

  private condition(operator: string, value: unknown, loc: Loc): Filter {
    if (++this.conditions > MAX_CONDITIONS)
      throw unsupported(loc, `A filter has at most ${MAX_CONDITIONS} conditions`);
    if (!OPERATORS.includes(operator))
      throw unsupported(loc, `is no operator; there are ${OPERATORS.join(', ')}`);
    const [name, operand] = this.only(value, loc, `one field of ${Object.keys(this.fields).join(', ')}`);
    const at = [...loc, name];
    const field = this.field(name, at);
    const compare = COMPARISONS[operator];
    if (compare !== undefined) return compared(field, compare, operand, at);
    if (operator === '$exists') return present(field, operand, at);
    if (operator === '$like') return alike(field, operand, at);
    return equalTo(field, operator === '$in' ? this.values(operand, at) : [operand], at);
  }

  private values(value: unknown, loc: Loc): unknown[] {
    if (Array.isArray(value) && value.length > 0 && value.length <= MAX_VALUES) return value;
    throw unsupported(loc, `must be a list of 1 to ${MAX_VALUES} values`);
  }

  private field(name: string, loc: Loc): NamedField {
    const [, bare = '', key] = FIELD.exec(name) ?? [];
    const form = Object.hasOwn(this.fields, bare) ? this.fields[bare] : undefined;
    if (form === undefined) {
      const known = Object.keys(this.fields).join(', ') || 'none';
      throw unsupported(loc, `is no field of this list; its fields are ${known}`);
    }
    if (key === undefined) return { name: bare, form };
    if (form.kind === 'metadata' || form.kind === 'balance') return { name: bare, form, key };
    throw unsupported(loc, `${bare} has no parts; write it without brackets`);
  }

  /** The one member of an object. */
  private only(json: unknown, loc: Loc, what: string): readonly [string, unknown] {
    const members = isObject(json) ? Object.entries(json) : [];
    const [member] = members;
    if (members.length === 1 && member !== undefined) return member;
    throw unsupported(loc, `must be an object with ${what}`);
  }
}

const isObject = (json: unknown): json is Record<string, unknown> =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
