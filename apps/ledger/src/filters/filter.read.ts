import { addressExpression, addressPrefix, exactAddress } from './address-pattern.wire.js';
import type { AddressPattern, Condition, Filter } from './filter.js';

/** The values of a statement; SQL text only ever names their place. */
export class SqlValues {
  readonly list: unknown[] = [];

  /** Keeps a value and gives its place, such as `$3`. */
  add(value: unknown): string {
    this.list.push(value);
    return `$${this.list.length}`;
  }
}

const LARGEST = 2n ** 63n - 1n;

/** A number to compare rows' numbers with, as a bigint of PostgreSQL; theirs come nowhere near its limits. */
export const rowNumber = (value: bigint): bigint => {
  if (value > LARGEST) return LARGEST;
  return value < -LARGEST ? -LARGEST : value;
};

/**
 * The filter as a condition that is true or false, never null: `not` would turn null into null, and a row
 * would be in neither of two lists that exclude each other.
 */
export const filterSql = (filter: Filter, conditionSql: (condition: Condition) => string): string => {
  switch (filter.kind) {
    case 'and':
      return joined(filter.parts, ' and ', 'true', conditionSql);
    case 'or':
      return joined(filter.parts, ' or ', 'false', conditionSql);
    case 'not':
      return `not ${filterSql(filter.part, conditionSql)}`;
    default:
      return `(${conditionSql(filter)})`;
  }
};

const joined = (
  parts: readonly Filter[],
  word: string,
  none: string,
  conditionSql: (condition: Condition) => string,
): string =>
  parts.length === 0 ? none : `(${parts.map((part) => filterSql(part, conditionSql)).join(word)})`;

/** Whether a column holds one of the addresses. With `ranges`, also as ranges of a key that begins so. */
export const addressSql = (
  column: string,
  patterns: readonly AddressPattern[],
  values: SqlValues,
  ranges: boolean,
): string => {
  const exact = patterns.flatMap((pattern) => exactAddress(pattern) ?? []);
  const partial = patterns.filter((pattern) => exactAddress(pattern) === undefined);
  const parts = partial.map((pattern) => {
    const matches = `${column} ~ ${values.add(addressExpression(pattern))}`;
    const prefix = addressPrefix(pattern);
    if (!ranges || prefix === '') return matches;
    // The character after the colon ends the range of all addresses below the prefix.
    const end = `${prefix.slice(0, -1)};`;
    return `(${column} >= ${values.add(prefix)} and ${column} < ${values.add(end)} and ${matches})`;
  });
  const [only] = exact;
  if (exact.length === 1) parts.push(`${column} = ${values.add(only)}`);
  if (exact.length > 1) parts.push(`${column} = any(${values.add(exact)}::text[])`);
  return parts.length === 0 ? 'false' : parts.join(' or ');
};

/** Where a row's metadata stands. `ledger` is the place of the ledger's number among the values. */
export interface MetadataColumn {
  readonly ledger: string;
  readonly table: string;
  /** Without the terms, so that no index is used: for rows that are read in their order anyway. */
  readonly plain?: boolean;
}

/**
 * A condition on the metadata of a row. The terms lead to the index; the text decides, for two texts may
 * share a term.
 */
export const metadataSql = (
  { ledger, table, plain = false }: MetadataColumn,
  condition: Extract<Condition, { kind: 'metadata' | 'exists' | 'like' }>,
  values: SqlValues,
): string => {
  const metadata = `${table}.metadata`;
  const key = `${values.add(condition.key ?? '')}::text`;
  const has = `${metadata} is not null and ${metadata} <> '{}'`;
  const value = `${metadata} ->> ${key}`;
  const terms = `metadata_terms(${table}.ledger_id, ${metadata})`;
  // As a case the text is decided without being estimated: it is rare just as often as its term is, and rare
  // twice would make the planner gather and sort what it finds soon enough in the order of the list.
  const decides = (text: string): string => `case when ${text} then true else false end`;
  if (condition.kind === 'like')
    return `${has} and ${decides(`${metadata} ? ${key} and ${value} like ${values.add(condition.pattern)}`)}`;
  if (condition.kind === 'exists') {
    const found = plain ? '' : `and ${terms} @> array[metadata_term(${ledger}, ${key})]`;
    return `${has} and ${decides(`${metadata} ? ${key}`)} ${found}`;
  }
  const wanted = condition.values.map((text) => `${values.add(text)}::text`);
  const found = wanted.map((text) => `metadata_term(${ledger}, ${key}, ${text})`).join(', ');
  const same = decides(`${value} = any(array[${wanted.join(', ')}])`);
  return plain ? `${has} and ${same}` : `${has} and ${same} and ${terms} && array[${found}]`;
};
