import type { Queryable } from '@defter/platform';
import { addressExpression, addressPrefix, exactAddress } from './address-pattern.wire.js';
import type { AddressPattern, Condition, Filter } from './filter.js';
import { conditionsOf, mapConditions } from './filter.js';

/** A partial address that means at most so many accounts is looked up as these accounts. */
const MAX_ACCOUNTS = 100;
/** How many accounts below its prefix are looked at to find out. */
const MAX_LOOKED_AT = 2_000;

const ACCOUNTS = `
select wanted.position::int as position, below.looked_at::int as "lookedAt", below.addresses
from unnest($2::text[], $3::text[], $4::text[]) with ordinality as wanted (first, last, expression, position)
cross join lateral (
  select count(*) as looked_at,
    (array_agg(address) filter (where address ~ wanted.expression))[1:${MAX_ACCOUNTS + 1}] as addresses
  from (select address from account
    where ledger_id = $1 and address >= wanted.first and address < wanted.last
    order by address limit ${MAX_LOOKED_AT + 1}) as range) as below`;

interface Row {
  readonly position: number;
  readonly lookedAt: number;
  readonly addresses: readonly string[] | null;
}

/**
 * The filter with partial addresses of few accounts as these accounts, whose postings have an index. Those of
 * many accounts stay: they are found soon in any order.
 */
export const withKnownAddresses = async (
  database: Queryable,
  ledgerId: number,
  filter: Filter,
): Promise<Filter> => {
  const partial = conditionsOf(filter).flatMap((condition) =>
    condition.kind === 'address' ? condition.patterns.filter(isPartial) : [],
  );
  if (partial.length === 0) return filter;
  const ranges = partial.map(addressPrefix);
  const rows = await database.query<Row>(ACCOUNTS, [
    ledgerId,
    ranges,
    // Behind every address there is: letters and digits sort before the tilde.
    ranges.map((prefix) => (prefix === '' ? '~' : `${prefix.slice(0, -1)};`)),
    partial.map(addressExpression),
  ]);
  const known = new Map(rows.map((row) => [partial[row.position - 1], row]));
  return mapConditions(filter, (condition) =>
    condition.kind === 'address' ? replaced(condition, known) : condition,
  );
};

const isPartial = (pattern: AddressPattern): boolean => exactAddress(pattern) === undefined;

const replaced = (
  condition: Extract<Condition, { kind: 'address' }>,
  known: ReadonlyMap<AddressPattern | undefined, Row>,
): Condition => ({
  ...condition,
  patterns: condition.patterns.flatMap((pattern) => {
    const row = known.get(pattern);
    if (row === undefined || row.lookedAt > MAX_LOOKED_AT) return [pattern];
    const addresses = row.addresses ?? [];
    if (addresses.length > MAX_ACCOUNTS) return [pattern];
    return addresses.map((address) => ({ segments: address.split(':'), open: false }));
  }),
});
