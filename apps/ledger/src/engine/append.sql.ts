/**
 * Writes a batch in one statement, and nothing of it unless the head is still where the batch was decided:
 * every part reads from `moved`, which has a row only then. Rows come as columns (`columns.ts`); documents
 * are split by the control character that no JSON text holds.
 *
 * `$1` ledger, `$2` batch, `$3` recorded at, `$4` schema version, `$5` `$6` first and last sequence, `$7`
 * root, `$8` hash, `$9` last transaction, `$10` to `$12` the head's revision, hash and settings version as
 * they were read. With no event `$6` is `$5` − 1.
 */
export const APPEND_SQL = `
with
moved as (
  update ledger_head
  set sequence = $6, last_transaction_id = $9, last_batch = $2, hash = $8, revision = revision + 1
  where ledger_id = $1 and revision = $10 and hash = $11 and settings_version = $12
  returning 1),
new_batch as (
  insert into batch (ledger_id, batch, first_sequence, last_sequence, root, hash, recorded_at)
  select $1, $2, $5, $6, $7, $8, $3::timestamptz from moved where $6::bigint >= $5::bigint),
new_event as (
  insert into event (ledger_id, batch, recorded_at, schema_version,
    sequence, type, idempotency_key, fingerprint, payload)
  select $1, $2, $3::timestamptz, $4,
    $5::bigint + given.place - 1, given.type, given.key, decode(given.fingerprint, 'hex'), given.payload::json
  from moved cross join unnest($13::text[], $14::text[], $15::text[],
      string_to_array($16::text, E'\\x1e', ''))
    with ordinality as given (type, key, fingerprint, payload, place)),
new_posting as (
  insert into posting (ledger_id, sequence, position, transaction_id, effective_at,
    source, destination, asset, amount)
  select $1, given.*
  from moved cross join unnest($17::bigint[], $18::smallint[], $19::bigint[], $20::timestamptz[],
    $21::text[], $22::text[], $23::text[], $24::numeric[]) as given),
new_transaction as (
  insert into transaction (ledger_id, transaction_id, sequence, status, effective_at,
    reference, expires_at, reverts, reverted_by, metadata)
  select $1, given.id, given.sequence, given.status, given.effective_at,
    given.reference, given.expires_at, given.reverts, given.reverted_by, given.metadata::jsonb
  from moved cross join unnest($25::bigint[], $26::bigint[], $27::text[], $28::timestamptz[], $29::text[],
    $30::timestamptz[], $31::bigint[], $32::bigint[], string_to_array($33::text, E'\\x1e', ''))
    as given (id, sequence, status, effective_at, reference, expires_at, reverts, reverted_by, metadata)),
changed_transaction as (
  update transaction set
    status = coalesce(given.status, transaction.status),
    reverted_by = coalesce(given.reverted_by, transaction.reverted_by),
    metadata = case when given.patch is null then transaction.metadata
      else (coalesce(transaction.metadata, '{}') - array(select jsonb_array_elements_text(given.gone::jsonb)))
        || given.patch::jsonb end
  from moved cross join unnest($34::bigint[], $35::text[], $36::bigint[],
    string_to_array($37::text, E'\\x1e', ''), string_to_array($38::text, E'\\x1e', ''))
    as given (id, status, reverted_by, patch, gone)
  where transaction.ledger_id = $1 and transaction.transaction_id = given.id),
new_hold as (
  insert into hold (ledger_id, transaction_id, position,
    source, destination, asset, amount, captured, remaining)
  select $1, given.*
  from moved cross join unnest($39::bigint[], $40::smallint[], $41::text[], $42::text[], $43::text[],
    $44::numeric[], $45::numeric[], $46::numeric[]) as given),
changed_hold as (
  update hold set captured = hold.captured + given.captured, remaining = hold.remaining - given.taken
  from moved cross join unnest($47::bigint[], $48::smallint[], $49::numeric[], $50::numeric[])
    as given (id, position, captured, taken)
  where hold.ledger_id = $1 and hold.transaction_id = given.id and hold.position = given.position),
new_balance as (
  insert into balance (ledger_id, first_sequence, sequence,
    account, asset, input, output, pending_in, pending_out, floor, ceiling)
  select $1, $5, $6, given.*
  from moved cross join unnest($51::text[], $52::text[], $53::numeric[], $54::numeric[], $55::numeric[],
    $56::numeric[], $57::numeric[], $65::numeric[]) as given
  on conflict (ledger_id, account, asset) do update set
    input = excluded.input, output = excluded.output, pending_in = excluded.pending_in,
    pending_out = excluded.pending_out, floor = excluded.floor, ceiling = excluded.ceiling,
    sequence = excluded.sequence),
new_account as (
  insert into account (ledger_id, inserted_at, address, first_sequence, metadata)
  select $1, $3::timestamptz, given.address, given.first_sequence, coalesce(given.patch::jsonb, '{}')
  from moved cross join unnest($58::text[], $59::bigint[],
    string_to_array($60::text, E'\\x1e', ''), string_to_array($61::text, E'\\x1e', ''))
    as given (address, first_sequence, patch, gone)
  where given.first_sequence is not null
  on conflict (ledger_id, address) do nothing),
changed_account as (
  update account set
    metadata = (account.metadata - array(select jsonb_array_elements_text(given.gone::jsonb)))
      || given.patch::jsonb
  from moved cross join unnest($58::text[],
    string_to_array($60::text, E'\\x1e', ''), string_to_array($61::text, E'\\x1e', ''))
    as given (address, patch, gone)
  where given.patch is not null and account.ledger_id = $1 and account.address = given.address),
new_refusal as (
  insert into refused_key (ledger_id, refused_at, idempotency_key, fingerprint, refusal)
  select $1, $3::timestamptz, given.key, decode(given.fingerprint, 'hex'), given.refusal::jsonb
  from moved cross join unnest($62::text[], $63::text[], string_to_array($64::text, E'\\x1e', ''))
    as given (key, fingerprint, refusal))
select 1 from moved`;
