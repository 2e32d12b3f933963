import { exactAddress } from '../filters/address-pattern.wire.js';
import type { AddressPattern, Condition, Filter } from '../filters/filter.js';
import { addressSql, filterSql, metadataSql, rowNumber, type SqlValues } from '../filters/filter.read.js';
import type { Ends } from './transaction-list.js';

/** The filter as a condition on `transaction t`; `$1` is the ledger. `plain` goes without indexed terms. */
export const transactionFilterSql = (filter: Filter, values: SqlValues, plain = false): string =>
  filterSql(filter, (condition) => conditionSql(condition, values, plain));

const conditionSql = (condition: Condition, values: SqlValues, plain: boolean): string => {
  switch (condition.kind) {
    case 'address':
      return touchesSql(condition.field, condition.patterns, values);
    case 'text':
      return textSql(condition.field, condition.values, values);
    case 'like':
      return condition.key === undefined
        ? `t.reference is not null and t.reference like ${values.add(condition.pattern)}`
        : metadataSql({ ledger: '$1', table: 't', plain }, condition, values);
    case 'exists':
      return condition.key === undefined
        ? 't.reference is not null'
        : metadataSql({ ledger: '$1', table: 't', plain }, condition, values);
    case 'metadata':
      return metadataSql({ ledger: '$1', table: 't', plain }, condition, values);
    case 'flag':
      return `t.reverted_by is ${condition.value ? 'not ' : ''}null`;
    case 'integer':
      return `t.transaction_id ${condition.compare} ${values.add(rowNumber(condition.value))}::bigint`;
    case 'instant':
      return `t.effective_at ${condition.compare} ${values.add(condition.value)}::timestamptz`;
  }
};

const textSql = (field: string, texts: readonly string[], values: SqlValues): string => {
  const [only] = texts;
  const column = field === 'status' ? 't.status' : 't.reference';
  const equal =
    texts.length === 1 ? `${column} = ${values.add(only)}` : `${column} = any(${values.add(texts)}::text[])`;
  if (field === 'reference') return `t.reference is not null and ${equal}`;
  // Said outright, so that the index of holds is known to have all of them.
  return texts.includes('posted') ? equal : `t.status <> 'posted' and ${equal}`;
};

/** A sub-select for each row, which the planner can't turn into a hash of all postings. */
const touchesSql = (field: string, patterns: readonly AddressPattern[], values: SqlValues): string => {
  const ends = field === 'account' ? ['source', 'destination'] : [field];
  const matches = (table: string): string =>
    ends.map((end) => addressSql(`${table}.${end}`, patterns, values, false)).join(' or ');
  return `case when t.status = 'posted'
    then (select true from posting p
      where p.ledger_id = t.ledger_id and p.sequence = t.sequence and (${matches('p')}) limit 1)
    else (select true from hold h
      where h.ledger_id = t.ledger_id and h.transaction_id = t.transaction_id and (${matches('h')}) limit 1)
    end is true`;
};

/** The accounts that decide the filter alone, where it is made of exact addresses only. */
export const endsOf = (filter: Filter): Ends | undefined => {
  if (filter.kind === 'or') {
    const parts = filter.parts.map(endsOf);
    return parts.every((part) => part !== undefined) ? merged(parts) : undefined;
  }
  if (filter.kind !== 'address') return undefined;
  const addresses = filter.patterns.map(exactAddress);
  if (!addresses.every((address) => address !== undefined)) return undefined;
  return {
    sources: filter.field === 'destination' ? [] : addresses,
    destinations: filter.field === 'source' ? [] : addresses,
  };
};

const merged = (parts: readonly Ends[]): Ends => ({
  sources: [...new Set(parts.flatMap(({ sources }) => sources))],
  destinations: [...new Set(parts.flatMap(({ destinations }) => destinations))],
});

/** One branch for each table and end that has accounts. */
const branches = (
  { sources, destinations }: Ends,
  values: SqlValues,
  branch: (table: 'posting' | 'hold', end: 'source' | 'destination', accounts: string) => string,
): string[] =>
  (
    [
      ['source', sources],
      ['destination', destinations],
    ] as const
  ).flatMap(([end, accounts]) => {
    if (accounts.length === 0) return [];
    const place = `${values.add(accounts)}::text[]`;
    return [branch('posting', end, place), branch('hold', end, place)];
  });

/** The numbers of all transactions that touch the accounts. */
export const touchingSql = (ends: Ends, values: SqlValues): string =>
  branches(
    ends,
    values,
    (table, end, accounts) =>
      `select transaction_id from ${table} where ledger_id = $1 and ${end} = any(${accounts})`,
  ).join('\nunion\n');

/** How many postings and holds the accounts have, counted no further than `limit`. */
export const sizeSql = (ends: Ends, values: SqlValues, limit: number): string => {
  const parts = branches(
    ends,
    values,
    (table, end, accounts) =>
      `(select count(*) from
        (select from ${table} where ledger_id = $1 and ${end} = any(${accounts}) limit ${limit}) as counted)`,
  );
  return `select ${parts.join(' + ')} as size`;
};

export interface Walk {
  readonly rest: string;
  readonly descending: boolean;
  readonly limit: number;
  /** The number and the sequence of the transaction to go on from. */
  readonly after: { readonly id: number; readonly sequence: number } | undefined;
}

/**
 * The next transactions of accounts, by number: each account's postings and holds are walked in their order,
 * and the shortest walks of all merged. Captures are postings of an earlier transaction, and passed over.
 */
export const walkSql = (ends: Ends, values: SqlValues, walk: Walk): string => {
  const { rest, descending, limit, after } = walk;
  const [direction, beyond] = descending ? ['desc', '<'] : ['asc', '>'];
  const from = (column: string, value: number | undefined): string =>
    value === undefined ? '' : `and ${column} ${beyond} ${values.add(value)}::bigint`;
  const postings = from('p.sequence', after?.sequence);
  const holds = from('p.transaction_id', after?.id);
  const parts = branches(ends, values, (table, end, accounts) => {
    const [key, join, place] =
      table === 'posting'
        ? ['p.sequence', 'and t.sequence = p.sequence', postings]
        : ['p.transaction_id', '', holds];
    return `select found.transaction_id, found.sequence
    from unnest(${accounts}) as a (address)
    cross join lateral (
      select distinct on (${key}) t.transaction_id, t.sequence
      from ${table} p join transaction t
        on t.ledger_id = p.ledger_id and t.transaction_id = p.transaction_id ${join}
      where p.ledger_id = $1 and p.${end} = a.address ${place} and ${rest}
      order by ${key} ${direction} limit ${limit}) as found`;
  });
  return `select transaction_id, sequence from (${parts.join('\nunion\n')}) as walked
    order by transaction_id ${direction} limit ${limit}`;
};
