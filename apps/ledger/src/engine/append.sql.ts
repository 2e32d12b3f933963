/**
 * Writes a batch in one statement: every part touches another table, so they may share a snapshot. Rows come
 * as arrays; `insert … values (…, unnest(…))` names one ledger, which keeps it a single-shard statement on
 * Citus.
 */
export const APPEND_SQL = `
with
new_event as (
  insert into event (ledger_id, batch, recorded_at, schema_version,
    sequence, type, idempotency_key, fingerprint, payload)
  values ($1, $2, $3::timestamptz, $4,
    unnest($5::bigint[]), unnest($6::text[]), unnest($7::text[]), unnest($8::bytea[]), unnest($9::json[]))),
new_posting as (
  insert into posting (ledger_id, sequence, position, transaction_id, effective_at,
    source, destination, asset, amount)
  values ($1, unnest($10::bigint[]), unnest($11::smallint[]), unnest($12::bigint[]),
    unnest($13::timestamptz[]),
    unnest($14::text[]), unnest($15::text[]), unnest($16::text[]), unnest($17::numeric[]))),
new_transaction as (
  insert into transaction (ledger_id, transaction_id, sequence, status, effective_at,
    reference, expires_at, reverts, reverted_by, metadata)
  values ($1, unnest($18::bigint[]), unnest($19::bigint[]), unnest($20::text[]), unnest($21::timestamptz[]),
    unnest($22::text[]), unnest($23::timestamptz[]), unnest($24::bigint[]), unnest($25::bigint[]),
    unnest($26::jsonb[]))),
new_balance as (
  insert into balance (ledger_id, account, asset, input, output, pending_in, pending_out, floor, sequence,
    first_sequence, ceiling)
  values ($1, unnest($27::text[]), unnest($28::text[]), unnest($29::numeric[]), unnest($30::numeric[]),
    unnest($31::numeric[]), unnest($32::numeric[]), unnest($33::numeric[]), $34, $37,
    unnest($41::numeric[]))
  on conflict (ledger_id, account, asset) do update set
    input = excluded.input, output = excluded.output, pending_in = excluded.pending_in,
    pending_out = excluded.pending_out, floor = excluded.floor, ceiling = excluded.ceiling,
    sequence = excluded.sequence),
new_account as (
  insert into account (ledger_id, inserted_at, address, first_sequence)
  values ($1, $3::timestamptz, unnest($35::text[]), unnest($36::bigint[]))
  on conflict (ledger_id, address) do nothing),
new_batch as (
  insert into batch (ledger_id, batch, first_sequence, last_sequence, root, hash, recorded_at)
  values ($1, $2, $37, $34, $38, $39, $3::timestamptz))
update ledger_head
set sequence = $34, last_transaction_id = $40, last_batch = $2, hash = $39
where ledger_id = $1 and sequence = $37::bigint - 1`;

/**
 * New holds, and what is moved or given back of those that were there: `$1` ledger, then one array per
 * column.
 */
export const NEW_HOLDS_SQL = `
insert into hold (ledger_id, transaction_id, position,
  source, destination, asset, amount, captured, remaining)
values ($1, unnest($2::bigint[]), unnest($3::smallint[]),
  unnest($4::text[]), unnest($5::text[]), unnest($6::text[]),
  unnest($7::numeric[]), unnest($8::numeric[]), unnest($9::numeric[]))`;

export const CHANGED_HOLDS_SQL = `
update hold set captured = hold.captured + changed.captured, remaining = hold.remaining - changed.taken
from unnest($2::bigint[], $3::smallint[], $4::numeric[], $5::numeric[])
  as changed (transaction_id, position, captured, taken)
where hold.ledger_id = $1
  and hold.transaction_id = changed.transaction_id and hold.position = changed.position`;

/** Transactions of earlier batches whose status changed or which were reverted. */
export const CHANGED_TRANSACTIONS_SQL = `
update transaction set
  status = changed.status,
  reverted_by = coalesce(changed.reverted_by, transaction.reverted_by)
from unnest($2::bigint[], $3::text[], $4::bigint[]) as changed (transaction_id, status, reverted_by)
where transaction.ledger_id = $1 and transaction.transaction_id = changed.transaction_id`;

export const REFUSED_KEYS_SQL = `
insert into refused_key (ledger_id, refused_at, idempotency_key, fingerprint, refusal)
values ($1, $2::timestamptz, unnest($3::text[]), unnest($4::bytea[]), unnest($5::jsonb[]))`;

export const SET_ACCOUNT_METADATA_SQL = `
insert into account (ledger_id, address, first_sequence, inserted_at, metadata)
values ($1, $2, $3, $4::timestamptz, $5::jsonb)
on conflict (ledger_id, address) do update set metadata = account.metadata || excluded.metadata`;

export const SET_TRANSACTION_METADATA_SQL = `
update transaction set metadata = coalesce(metadata, '{}'::jsonb) || $3::jsonb
where ledger_id = $1 and transaction_id = $2`;

export const DELETE_ACCOUNT_METADATA_SQL = `
update account set metadata = metadata - $3::text where ledger_id = $1 and address = $2`;

export const DELETE_TRANSACTION_METADATA_SQL = `
update transaction set metadata = metadata - $3::text where ledger_id = $1 and transaction_id = $2`;
