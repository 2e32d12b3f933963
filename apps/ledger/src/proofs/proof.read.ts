import { Injectable } from '@nestjs/common';
import {
  consistencyRanges,
  eventLeaf,
  GENESIS_HEAD,
  inclusionRanges,
  type LeafInput,
  merkleRoot,
} from '@defter/ledger-domain';
import { Database } from '@defter/platform';
import { HistoryBroken, rootsOf } from './batch-tree.read.js';
import type { CheckpointRow } from './checkpoint.read.js';

/** An event's batch, with the path of the event in it. */
export interface ProvenBatch {
  readonly number: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** The chained hash of the batch before; zeros before the first. */
  readonly previousHash: Buffer;
  readonly path: readonly Buffer[];
}

/** That an event is in the history that a checkpoint signs. */
export interface InclusionProof {
  readonly event: LeafInput;
  readonly batch: ProvenBatch;
  readonly checkpoint: CheckpointRow & { readonly path: readonly Buffer[] };
}

interface BatchRow {
  readonly batch: number;
  readonly first: number;
  readonly last: number;
  readonly previous: Buffer | null;
}

const BATCH_OF = `
select batch.batch::float8 as batch, batch.first_sequence::float8 as first,
  batch.last_sequence::float8 as last, previous.hash as previous
from event
join batch on batch.ledger_id = event.ledger_id and batch.batch = event.batch
left join batch previous on previous.ledger_id = batch.ledger_id and previous.batch = batch.batch - 1
where event.ledger_id = $1 and event.sequence = $2`;

const EVENTS = `
select sequence::float8 as sequence, type, idempotency_key as "idempotencyKey", payload::text as payload,
  to_char(recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "recordedAt"
from event where ledger_id = $1 and sequence between $2 and $3 order by sequence`;

const CREATED = `
select sequence::float8 as sequence from transaction where ledger_id = $1 and transaction_id = $2`;

/**
 * Makes proofs from the rows as they are. They aren't verified here: rows that somebody changed give a
 * proof that fails at whoever verifies it.
 */
@Injectable()
export class ProofReader {
  constructor(private readonly database: Database) {}

  /** The sequence of the event that created a transaction. */
  async sequenceOf(ledgerId: number, transactionId: number): Promise<number | undefined> {
    const [row] = await this.database.query<{ sequence: number }>(CREATED, [ledgerId, transactionId]);
    return row?.sequence;
  }

  /** The number of the event's batch; undefined when there is no such event. @throws HistoryBroken */
  async batchOf(ledgerId: number, sequence: number): Promise<BatchRow | undefined> {
    const [row] = await this.database.query<BatchRow>(BATCH_OF, [ledgerId, sequence]);
    if (row !== undefined && row.batch > 1 && row.previous === null) {
      throw new HistoryBroken(`Batch ${row.batch - 1} is missing`);
    }
    return row;
  }

  /** The proof of an event of that batch by a checkpoint that covers it. @throws HistoryBroken */
  async inclusion(
    ledgerId: number,
    sequence: number,
    { batch: row, checkpoint }: { readonly batch: BatchRow; readonly checkpoint: CheckpointRow },
  ): Promise<InclusionProof> {
    const events = await this.database.query<LeafInput>(EVENTS, [ledgerId, row.first, row.last]);
    const index = events.findIndex((event) => event.sequence === sequence);
    const event = events[index];
    if (event === undefined) throw new HistoryBroken(`Event ${sequence} is not within its batch`);
    const leaves = events.map(eventLeaf);
    const path = inclusionRanges(index, leaves.length).map(({ from, to }) =>
      merkleRoot(leaves.slice(from, to)),
    );
    const ranges = inclusionRanges(row.batch - 1, checkpoint.size);
    return {
      event,
      batch: {
        number: row.batch,
        firstSequence: row.first,
        lastSequence: row.last,
        previousHash: row.previous ?? GENESIS_HEAD,
        path,
      },
      checkpoint: { ...checkpoint, path: await rootsOf(this.database, ledgerId, ranges) },
    };
  }

  /** The path from a checkpoint of `old` batches to one of `size`. @throws HistoryBroken */
  consistency(ledgerId: number, old: number, size: number): Promise<Buffer[]> {
    return rootsOf(this.database, ledgerId, consistencyRanges(old, size));
  }
}
