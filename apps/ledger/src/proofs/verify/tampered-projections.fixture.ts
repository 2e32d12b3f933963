import { type Case, of, where } from './tampered.fixture.js';

/** Changes of what follows from the log. */
export const PROJECTION_CASES: readonly Case[] = [
  [
    `update posting set amount = amount + 1 ${where} and sequence = 3`,
    of('posting', 'differs', { sequence: 3, position: 0 }, { what: 'amount' }),
  ],
  [
    `update posting set source = destination, destination = source ${where} and sequence = 3`,
    of('posting', 'differs', { sequence: 3 }),
  ],
  [
    `update posting set effective_at = now() ${where} and sequence = 9`,
    of('posting', 'differs', { sequence: 9 }, { what: 'effective_at' }),
  ],
  [`delete from posting ${where} and sequence = 6`, of('posting', 'missing', { sequence: 6, position: 0 })],
  [`delete from posting ${where}`, of('posting', 'missing', { sequence: 9 })],
  [
    `insert into posting select ledger_id, 99, 0, 1, now(), 'a', 'b', 'X', 1 from ledger ${where}`,
    of('posting', 'unexpected', { sequence: 99 }),
  ],
  [
    `insert into posting select ledger_id, 5, 0, 5, now(), 'a', 'b', 'X', 1 from ledger ${where}`,
    of('posting', 'unexpected', { sequence: 5 }),
  ],
  [
    `update posting p set amount = o.amount from posting o where p.ledger_id = $1 and o.ledger_id = $1
     and (p.sequence, o.sequence) in ((2, 3), (3, 2))`,
    of('posting', 'differs', { sequence: 2 }),
  ],
  [
    `update balance set input = input + 1 ${where} and account = 'users:300'`,
    of(
      'balance',
      'differs',
      { account: 'users:300', asset: 'TRY/2' },
      { what: 'input', expected: '300', found: '301' },
    ),
  ],
  [
    `update balance set pending_out = 0 ${where} and account = 'users:1'`,
    of('balance', 'differs', { account: 'users:1' }, { what: 'pending_out' }),
  ],
  [
    `update balance set sequence = 0 ${where} and account = 'users:1'`,
    of('balance', 'differs', { account: 'users:1' }, { what: 'sequence' }),
  ],
  [
    `update balance set first_sequence = 8 ${where} and account = 'users:1'`,
    of('balance', 'differs', { account: 'users:1' }, { what: 'first_sequence' }),
  ],
  [`delete from balance ${where} and account = 'hotel'`, of('balance', 'missing', { account: 'hotel' })],
  [`delete from balance ${where}`, of('balance', 'missing', { account: 'world' })],
  [
    `update balance set account = 'thief' ${where} and account = 'users:400'`,
    of('balance', 'unexpected', { account: 'thief' }),
  ],
  [
    `update balance b set input = o.input, output = o.output from balance o where b.ledger_id = $1
     and o.ledger_id = $1
     and (b.account, o.account) in (('users:300', 'users:400'), ('users:400', 'users:300'))`,
    of('balance', 'differs', { account: 'users:400' }),
  ],
  [
    `update transaction set status = 'voided' ${where} and transaction_id = 5`,
    of('transaction', 'differs', { transaction: 5, sequence: 5 }, { what: 'status' }),
  ],
  [
    `update transaction set reverted_by = null ${where} and transaction_id = 2`,
    of('transaction', 'differs', { transaction: 2 }, { what: 'reverted_by' }),
  ],
  [
    `update transaction set reference = 'r-2' ${where} and transaction_id = 1`,
    of('transaction', 'differs', { transaction: 1 }, { what: 'reference' }),
  ],
  [
    `update transaction set metadata = '{"order": "8"}' ${where} and transaction_id = 1`,
    of('transaction', 'differs', { transaction: 1 }, { what: 'metadata' }),
  ],
  [
    `update transaction set effective_at = now() ${where} and transaction_id = 1`,
    of('transaction', 'differs', { transaction: 1 }),
  ],
  [
    `update transaction set expires_at = now() ${where} and transaction_id = 5`,
    of('transaction', 'differs', { transaction: 5 }),
  ],
  [
    `delete from transaction ${where} and transaction_id = 3`,
    of('transaction', 'missing', { transaction: 3 }),
  ],
  [`delete from transaction ${where}`, of('transaction', 'missing', { transaction: 7 })],
  [
    `update transaction set transaction_id = 99 ${where} and transaction_id = 7`,
    of('transaction', 'unexpected', { transaction: 99 }),
  ],
  [
    `update hold set remaining = 0 ${where}`,
    of('hold', 'differs', { transaction: 5, position: 0 }, { what: 'remaining', expected: '30' }),
  ],
  [`update hold set captured = 0 ${where}`, of('hold', 'differs', { transaction: 5 }, { what: 'captured' })],
  [`delete from hold ${where}`, of('hold', 'missing', { transaction: 5, position: 0 })],
  [
    `insert into hold select ledger_id, 6, 0, 'a', 'b', 'X', 1, 0, 1 from ledger ${where}`,
    of('hold', 'unexpected', { transaction: 6 }),
  ],
  [
    `update account set metadata = '{}' ${where} and address = 'users:1'`,
    of('account', 'differs', { account: 'users:1' }, { what: 'metadata' }),
  ],
  [
    `update account set first_sequence = 2 ${where} and address = 'users:1'`,
    of('account', 'differs', { account: 'users:1' }),
  ],
  [
    `update account set inserted_at = now() ${where} and address = 'users:1'`,
    of('account', 'differs', { account: 'users:1' }),
  ],
  [`delete from account ${where}`, of('account', 'missing', { account: 'hotel' })],
  [
    `insert into account select ledger_id, 'ghost', 1, now() from ledger ${where}`,
    of('account', 'unexpected', { account: 'ghost' }),
  ],
  [
    `update pending_entry set pending_out = 1 ${where} and account = 'users:1'`,
    of('pending_entry', 'differs', { account: 'users:1', sequence: 5 }),
  ],
  [`delete from pending_entry ${where}`, of('pending_entry', 'missing', { account: 'hotel', sequence: 6 })],
  [
    `insert into pending_entry values ($1, 'ghost', 'X', 1, 0, 0)`,
    of('pending_entry', 'unexpected', { account: 'ghost' }),
  ],
  [
    `update dated_entry set input = input + 1 ${where}`,
    of('dated_entry', 'differs', { account: 'users:1', sequence: 9 }),
  ],
  [`delete from dated_entry ${where}`, of('dated_entry', 'missing', { account: 'world', sequence: 9 })],
  [`update dated_hour set input = input + 1 ${where}`, of('dated_hour', 'differs', { account: 'users:1' })],
  [`delete from dated_run ${where}`, of('dated_run', 'missing', { account: 'world', sequence: 9 })],
  [
    `update dated_run set first_sequence = 1 ${where} and account = 'users:1'`,
    of('dated_run', 'unexpected', { account: 'users:1' }),
  ],
  [
    `update ledger_head set latest_effective_at = null ${where}`,
    of('ledger_head', 'differs', {}, { found: 'latest_effective_at null' }),
  ],
  [`delete from dated_hour ${where}`, of('dated_hour', 'missing', { account: 'users:1' })],
  [
    `update refused_key set idempotency_key = 'k-1' ${where}`,
    of('refused_key', 'unexpected', { key: 'k-1' }),
  ],
  [`insert into account_count values ($1, 9, 99)`, of('account_count', 'differs', {})],
  [`insert into relay_checkpoint values ($1, 'kafka', 99)`, of('relay_checkpoint', 'differs', {})],
  [
    `with p as (insert into pipeline (ledger_id, pipeline_id, topic, from_sequence)
       values ($1, 'p', 't', 5) returning *)
     insert into relay_checkpoint select ledger_id, 'pipeline p', 99 from p`,
    of('relay_checkpoint', 'differs', {}),
  ],
];
