/**
 * Which keys of a call are known, with their fingerprints, and which accounts are there. `$1` ledger, `$2`
 * keys, `$3` addresses.
 */
export const KNOWN_SQL = `
select
  (select coalesce(json_agg(json_build_array(known.key, encode(known.fingerprint, 'hex'))), '[]')
    from (
      select k.key, e.fingerprint from unnest($2::text[]) as k (key)
      cross join lateral (select event.fingerprint from event
        where event.ledger_id = $1 and event.idempotency_key = k.key limit 1) as e
      union all
      select k.key, r.fingerprint from unnest($2::text[]) as k (key)
      cross join lateral (select refused_key.fingerprint from refused_key
        where refused_key.ledger_id = $1 and refused_key.idempotency_key = k.key limit 1) as r
    ) as known) as keys,
  (select coalesce(json_agg(found.address), '[]')
    from unnest($3::text[]) as n (address)
    cross join lateral (select account.address from account
      where account.ledger_id = $1 and account.address = n.address limit 1) as found) as accounts`;

/** The row of KNOWN_SQL. */
export interface KnownRow {
  readonly keys: readonly (readonly [key: string, fingerprint: string])[];
  readonly accounts: readonly string[];
}
