/**
 * Lists once more, for the tests only: every row in memory, every filter tried on each. It shares nothing
 * with the service's filters.
 */
type Json = Record<string, unknown>;

/** Reads the values that a row has for a field; several where a row has many postings or assets. */
export type FieldReader = (row: Json, field: string, key: string | undefined) => readonly unknown[];

const fits = (pattern: string, address: string): boolean => {
  const wanted = pattern.split(':');
  const given = address.split(':');
  const last = wanted.at(-1);
  if (last === '' || last === '...') {
    const head = wanted.slice(0, -1);
    return given.length > head.length && head.every((part, at) => part === '' || part === given[at]);
  }
  return given.length === wanted.length && wanted.every((part, at) => part === '' || part === given[at]);
};

const ADDRESSES = ['account', 'source', 'destination', 'address'];

const order = (left: unknown, right: unknown): number => {
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  const [a, b] = [BigInt(left as number), BigInt(right as number)];
  return a < b ? -1 : a > b ? 1 : 0;
};

const holds = (operator: string, value: unknown, operand: unknown, field: string): boolean => {
  switch (operator) {
    case '$match':
      if (ADDRESSES.includes(field)) return fits(operand as string, value as string);
      return typeof value === 'boolean' ? value === operand : order(value, operand) === 0;
    case '$in':
      return (operand as unknown[]).some((each) => holds('$match', value, each, field));
    case '$lt':
      return order(value, operand) < 0;
    case '$lte':
      return order(value, operand) <= 0;
    case '$gt':
      return order(value, operand) > 0;
    case '$gte':
      return order(value, operand) >= 0;
    case '$like': {
      const expression = (operand as string).replaceAll('%', '.*').replaceAll('_', '.');
      return new RegExp(`^${expression}$`, 's').test(value as string);
    }
    default:
      throw new Error(operator);
  }
};

/** Whether the row passes the filter. */
export const passes = (filter: Json, row: Json, read: FieldReader): boolean => {
  const [member] = Object.entries(filter);
  if (member === undefined) return true;
  const [operator, inside] = member;
  if (operator === '$and') return (inside as Json[]).every((part) => passes(part, row, read));
  if (operator === '$or') return (inside as Json[]).some((part) => passes(part, row, read));
  if (operator === '$not') return !passes(inside as Json, row, read);
  const [[name = '', operand] = []] = Object.entries(inside as Json);
  if (operator === '$exists' && name === 'metadata')
    return read(row, 'metadata', operand as string).length > 0;
  const [, field = '', key] = /^(\w+)(?:\[(.+)\])?$/.exec(name) ?? [];
  const values = read(row, field, key);
  if (operator === '$exists') return values.length > 0 === operand;
  return values.some((value) => holds(operator, value, operand, field));
};
