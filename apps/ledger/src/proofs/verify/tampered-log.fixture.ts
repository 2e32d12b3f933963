import { type Case, of, where } from './tampered.fixture.js';

/** Changes of the log and of what is signed. */
export const LOG_CASES: readonly Case[] = [
  [
    `update event set payload = replace(payload::text, '"1000"', '"9000"')::json ${where} and sequence = 1`,
    of('event', 'differs', { batch: 1, firstSequence: 1, lastSequence: 1 }, { what: 'root of the events' }),
  ],
  [
    `update event set payload = (payload::text || ' ')::json ${where} and sequence = 3`,
    of('event', 'differs', { batch: 2, firstSequence: 2, lastSequence: 4 }),
  ],
  [
    `update event set payload = '{"x": [1]}' ${where} and sequence = 5`,
    of('event', 'differs', { sequence: 5 }),
  ],
  [`update event set type = 'HoldVoided' ${where} and sequence = 6`, of('event', 'differs', { batch: 4 })],
  [
    `update event set recorded_at = recorded_at - interval '1 us' ${where} and sequence = 3`,
    of('event', 'differs', { sequence: 3, batch: 2 }, { what: 'recorded_at' }),
  ],
  [
    `update event set idempotency_key = 'k-2' ${where} and sequence = 1`,
    of('event', 'differs', { batch: 1 }),
  ],
  [
    `update event set batch = 1 ${where} and sequence = 2`,
    of('event', 'differs', { sequence: 2 }, { what: 'batch' }),
  ],
  [`update event set schema_version = 2 ${where} and sequence = 2`, of('event', 'differs', { sequence: 2 })],
  [`delete from event ${where} and sequence = 3`, of('event', 'missing', { sequence: 3 })],
  [`delete from event ${where} and sequence between 5 and 8`, of('event', 'missing', { sequence: 5 })],
  [`delete from event ${where} and sequence = 9`, of('event', 'missing', { sequence: 9 })],
  [`delete from event ${where}`, of('event', 'missing', { sequence: 1 })],
  [
    `insert into event select ledger_id, 10, batch, recorded_at, 1, type, null, null, payload from event
     ${where} and sequence = 1`,
    of('event', 'unexpected', { sequence: 10 }),
  ],
  [
    `update event e set payload = o.payload from event o where e.ledger_id = $1 and o.ledger_id = $1
     and (e.sequence, o.sequence) in ((2, 4), (4, 2))`,
    of('event', 'differs', { batch: 2, firstSequence: 2, lastSequence: 4 }),
  ],
  [
    `update batch set root = hash ${where} and batch = 3`,
    of('batch', 'differs', { batch: 3 }, { what: 'root' }),
  ],
  [
    `update batch set hash = root ${where} and batch = 3`,
    of('batch', 'differs', { batch: 3 }, { what: 'hash' }),
  ],
  [
    `update batch set recorded_at = now() ${where} and batch = 3`,
    of('event', 'differs', { batch: 3, sequence: 5 }, { what: 'recorded_at' }),
  ],
  [`update batch set last_sequence = 3 ${where} and batch = 2`, of('batch', 'differs', { batch: 2 })],
  [`delete from batch ${where} and batch = 2`, of('batch', 'missing', { batch: 2 })],
  [`delete from batch ${where}`, of('event', 'unexpected', { sequence: 1 }, { what: 'in no batch' })],
  [`delete from batch ${where} and batch = 7`, of('batch', 'missing', { batch: 7, checkpoint: 7 })],
  [
    `insert into batch select ledger_id, 9000000000000, 10, 10, root, hash, recorded_at from batch
     ${where} and batch = 7`,
    of('batch', 'missing', { batch: 8 }),
  ],
  [
    `update batch b set root = o.root, hash = o.hash from batch o where b.ledger_id = $1 and o.ledger_id = $1
     and (b.batch, o.batch) in ((4, 5), (5, 4))`,
    of('batch', 'differs', { batch: 4 }),
  ],
  [`update ledger_head set sequence = 8 ${where}`, of('ledger_head', 'differs', {}, { what: 'sequence' })],
  [`update ledger_head set last_transaction_id = 9 ${where}`, of('ledger_head', 'differs', {})],
  [
    `update ledger_head set last_batch = 6 ${where}`,
    of('ledger_head', 'differs', {}, { what: 'last_batch' }),
  ],
  [`update ledger_head set hash = sha256('x') ${where}`, of('ledger_head', 'differs', {}, { what: 'hash' })],
  [`delete from ledger_head ${where}`, of('ledger_head', 'missing', {})],
  [`delete from checkpoint ${where} and size = 3`, of('checkpoint', 'missing', { checkpoint: 3 })],
  [
    `update checkpoint set note = replace(note, 'sequence 5', 'sequence 4') ${where} and size = 3`,
    of('checkpoint', 'differs', { checkpoint: 3 }, { found: 'bad-signature' }),
  ],
  [
    `update checkpoint c set note = o.note from checkpoint o where c.ledger_id = $1 and o.ledger_id = $1
     and c.size = 3 and o.size = 7`,
    of('checkpoint', 'differs', { checkpoint: 3 }, { found: 'another-size' }),
  ],
  [
    `insert into batch_tree_node values ($1, 1, 0, sha256('x'))`,
    of('batch_tree_node', 'unexpected', { node: '1/0' }),
  ],
];
