import type { Condition, FieldForms, Filter } from '../filters/filter.js';
import { addressSql, filterSql, metadataSql, type SqlValues } from '../filters/filter.read.js';
import { AGGREGATE_TIME, VOLUMES_TIME } from '../history/list-time.wire.js';
import type { ListForm } from '../list-question.js';

const FIELDS: FieldForms = {
  address: { kind: 'address' },
  account: { kind: 'address', as: 'address' },
  balance: { kind: 'balance' },
  metadata: { kind: 'metadata' },
};

const byName = (column: string) => () => ({ column, descending: false });

/**
 * Whether the account was there at an instant: recorded by then, or with something that took effect by then.
 * Not a field for callers; they say `pit`.
 */
export const EXISTED = 'existed';

const existedSql = (instant: string): string => `(a.inserted_at <= ${instant}::timestamptz
  or exists (select from dated_entry d where d.ledger_id = a.ledger_id and d.account = a.address
    and d.effective_at <= ${instant}::timestamptz))`;

/** The list of accounts, by address. */
export const ACCOUNTS: ListForm = {
  kind: 'accounts',
  fields: {
    ...FIELDS,
    insertedAt: { kind: 'instant' },
    insertion_date: { kind: 'instant', as: 'insertedAt' },
    first_usage: { kind: 'instant', as: 'insertedAt' },
  },
  sorts: ['address'],
  usualOrder: byName('address'),
  parameters: ['expand', 'pit'],
};

/** The list of balances, by account and asset. */
export const VOLUMES: ListForm = {
  kind: 'volumes',
  fields: FIELDS,
  sorts: ['account'],
  usualOrder: byName('account'),
  parameters: ['groupBy', ...VOLUMES_TIME],
};

/** What sums of balances can be filtered by; it has one page, so nothing of a list but its filter. */
export const AGGREGATE: ListForm = {
  ...VOLUMES,
  kind: 'aggregate',
  sorts: [],
  parameters: ['address', ...AGGREGATE_TIME],
};

/** The filter as a condition on `account a`; `$1` is the ledger. */
export const accountFilterSql = (filter: Filter, values: SqlValues): string =>
  filterSql(filter, (condition) => {
    if (condition.kind === 'address') return addressSql('a.address', condition.patterns, values, true);
    if (condition.kind === 'instant' && condition.field === EXISTED)
      return existedSql(values.add(condition.value));
    if (condition.kind === 'instant')
      return `a.inserted_at ${condition.compare} ${values.add(condition.value)}::timestamptz`;
    if (condition.kind === 'integer') {
      const has = balanceSql('b', condition, values);
      // A sub-select for each row, which the planner can't turn into a hash of all balances.
      return `(select true from balance b
        where b.ledger_id = a.ledger_id and b.account = a.address and ${has} limit 1) is true`;
    }
    return ownMetadataSql('a', condition, values);
  });

/** The filter as a condition on `balance b`; metadata is that of its account. */
export const balanceFilterSql = (filter: Filter, values: SqlValues): string =>
  filterSql(filter, (condition) => {
    if (condition.kind === 'address') return addressSql('b.account', condition.patterns, values, true);
    if (condition.kind === 'integer') return balanceSql('b', condition, values);
    return `b.account in (select m.address from account m
      where m.ledger_id = $1 and ${ownMetadataSql('m', condition, values)})`;
  });

const ownMetadataSql = (table: string, condition: Condition, values: SqlValues): string => {
  if (condition.kind === 'metadata' || condition.kind === 'exists' || condition.kind === 'like')
    return metadataSql({ ledger: '$1', table }, condition, values);
  throw new Error(`No column for a condition of the kind ${condition.kind}`);
};

/** Without an asset, the balance in any. */
const balanceSql = (
  table: string,
  { key, compare, value }: Extract<Condition, { kind: 'integer' }>,
  values: SqlValues,
): string => {
  const amount = `${table}.input - ${table}.output ${compare} ${values.add(value.toString())}::numeric`;
  return key === undefined ? amount : `${table}.asset = ${values.add(key)} and ${amount}`;
};
