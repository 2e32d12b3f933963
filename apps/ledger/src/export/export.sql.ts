/**
 * What an export is taken at, with the head locked: no commit is under way then, so every refusal up to `at`
 * is there, and every later one comes after it.
 */
export const SNAPSHOT = `
select sequence::float8 as sequence, last_batch::float8 as batch, encode(hash, 'hex') as hash,
  to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
from ledger_head where ledger_id = $1 for update`;

/** The rules of a ledger, as its tables have them. */
export const RULES = `
select json_build_object(
  'ledger', (select to_jsonb(ledger) - '{ledger_id,tenant_id,name,created_at}'::text[]
    from ledger where ledger_id = $1),
  'accountTypes', coalesce((select json_agg(to_jsonb(account_type) - 'ledger_id' order by pattern collate "C")
    from account_type where ledger_id = $1), '[]'),
  'monitors', coalesce((select json_agg(to_jsonb(monitor) - '{ledger_id,created_at}'::text[]
      order by monitor_id) from monitor where ledger_id = $1), '[]'))::text as rules`;

/** Events in order, the last one of each batch together with what the batch says of itself. */
export const EVENTS = `
select e.sequence::float8 as sequence, e.batch::float8 as batch, e.type, e.idempotency_key as key,
  encode(e.fingerprint, 'hex') as fingerprint, e.payload::text as payload,
  to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "recordedAt",
  b.first_sequence::float8 as "batchFirst", encode(b.root, 'hex') as root, encode(b.hash, 'hex') as hash,
  to_char(b.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "batchAt"
from event e
left join batch b on b.ledger_id = e.ledger_id and b.batch = e.batch and b.last_sequence = e.sequence
where e.ledger_id = $1 and e.sequence > $2 and e.sequence <= $3 order by e.sequence limit $4`;

/** Keys that were refused, in the order of the key. */
export const REFUSED_KEYS = `
select idempotency_key as key, encode(fingerprint, 'hex') as fingerprint, refusal::text as refusal,
  to_char(refused_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
from refused_key
where ledger_id = $1 and idempotency_key > $2 and refused_at <= $3::timestamptz
order by idempotency_key limit $4`;
