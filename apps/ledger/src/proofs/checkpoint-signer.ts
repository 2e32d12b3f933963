import { Injectable } from '@nestjs/common';
import {
  chainedHead,
  type Checkpoint,
  type CompleteNode,
  decodeCheckpoint,
  encodeCheckpoint,
  GENESIS_HEAD,
  GrowingTree,
  leafHash,
  originOf,
} from '@defter/ledger-domain';
import { Database } from '@defter/platform';
import { edgeOf, HistoryBroken } from './batch-tree.read.js';
import { CheckpointKeys } from './checkpoint-keys.js';
import { type CheckpointRow, latestCheckpoint } from './checkpoint.read.js';
import { eventRoots } from './event-roots.js';
import { openNote, signNote } from './signed-note.js';

/** Batches that one signature adds at most: a long history is signed step by step. */
const STEP = 50_000;
const PAGE = 5_000;

const LEDGER = `
select tenant_id as "tenantId", name, last_batch::float8 as "lastBatch",
  to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now
from ledger join ledger_head using (ledger_id) where ledger_id = $1`;

const BATCHES = `
select batch::float8 as batch, first_sequence::float8 as first, last_sequence::float8 as last, root, hash
from batch where ledger_id = $1 and batch > $2 and batch <= $3 order by batch limit $4`;

const INSERT_NODES = `
insert into batch_tree_node (ledger_id, level, position, hash)
values ($1, unnest($2::smallint[]), unnest($3::bigint[]), unnest($4::bytea[]))
on conflict (ledger_id, level, position) do nothing`;

// One after the other: each checkpoint names the one before it.
const LOCK = `select pg_advisory_xact_lock(hashtextextended('defter checkpoint ' || $1::integer, 0))`;

const INSERT_CHECKPOINT = `
insert into checkpoint (ledger_id, size, note)
select $1, $2, $3
where $4 = coalesce((select max(size) from checkpoint where ledger_id = $1), 0)`;

interface LedgerRow {
  readonly tenantId: string;
  readonly name: string;
  readonly lastBatch: number;
  readonly now: string;
}

interface BatchRow {
  readonly batch: number;
  readonly first: number;
  readonly last: number;
  readonly root: Buffer;
  readonly hash: Buffer;
}

/** Where signing goes on: the history up to the last checkpoint. */
interface Position {
  readonly tree: GrowingTree;
  readonly complete: CompleteNode[];
  sequence: number;
  head: Buffer;
}

/**
 * Signs heads of ledgers. What it signs continues what it signed before, batch by batch from the signed
 * head, and each new batch is what its events give; otherwise it refuses. It reads events once: what is
 * changed in them later is found by `verify` only, as is a tail whose events, roots and chain were all made
 * anew before they were signed. Any number of workers may sign at the same time: they all come to the same
 * tree.
 */
@Injectable()
export class CheckpointSigner {
  constructor(
    private readonly database: Database,
    private readonly keys: CheckpointKeys,
  ) {}

  /** Whether this process has a key. */
  get canSign(): boolean {
    return this.keys.signer !== undefined;
  }

  /**
   * Signs what came since the last checkpoint; `more` when it was more than one step.
   * @throws HistoryBroken when the ledger doesn't continue what was signed
   */
  async sign(ledgerId: number): Promise<'signed' | 'unchanged' | 'more'> {
    const { signer } = this.keys;
    if (signer === undefined) throw new Error('This process has no key to sign with');
    const ledger = await this.ledger(ledgerId);
    const origin = originOf(this.keys.installation, ledger.tenantId, ledger.name);
    const position = await this.lastSigned(ledgerId, origin);
    const old = position.tree.size;
    if (ledger.lastBatch === old) return 'unchanged';
    if (ledger.lastBatch < old)
      throw new HistoryBroken(`${old} batches were signed, ${ledger.lastBatch} are there`);
    const size = Math.min(ledger.lastBatch, old + STEP);
    await this.advance(ledgerId, position, size);
    const { tree, sequence, head } = position;
    const said = { origin, size, root: tree.root(), sequence, head, previous: old, signedAt: ledger.now };
    const note = signNote(encodeCheckpoint(said), signer);
    await this.store(ledgerId, position.complete, { previous: old, size, note });
    return size < ledger.lastBatch ? 'more' : 'signed';
  }

  private async ledger(ledgerId: number): Promise<LedgerRow> {
    const [row] = await this.database.query<LedgerRow>(LEDGER, [ledgerId]);
    if (row === undefined) throw new HistoryBroken(`Ledger ${ledgerId} or its head is missing`);
    return row;
  }

  private async lastSigned(ledgerId: number, origin: string): Promise<Position> {
    const row = await latestCheckpoint(this.database, ledgerId);
    const tree = new GrowingTree();
    if (row === undefined) return { tree, complete: [], sequence: 0, head: GENESIS_HEAD };
    const opened = openNote(row.note, this.keys.all);
    const last = typeof opened === 'string' ? undefined : decodeCheckpoint(opened.text);
    if (last?.size !== row.size || last.origin !== origin) {
      const why = typeof opened === 'string' ? opened : 'of another ledger or size';
      throw new HistoryBroken(`Checkpoint ${row.size} can't be believed: ${why}`);
    }
    await this.restore(ledgerId, tree, last);
    return { tree, complete: [], sequence: last.sequence, head: last.head };
  }

  private async restore(ledgerId: number, tree: GrowingTree, last: Checkpoint): Promise<void> {
    for (const node of await edgeOf(this.database, ledgerId, last.size)) tree.addNode(node);
    if (tree.root().equals(last.root)) return;
    throw new HistoryBroken(`The first ${last.size} batches are not those that were signed`);
  }

  private async advance(ledgerId: number, position: Position, size: number): Promise<void> {
    const { tree, complete } = position;
    while (tree.size < size) {
      const page = [ledgerId, tree.size, size, PAGE];
      const batches = await this.database.query<BatchRow>(BATCHES, page);
      if (batches.length === 0) throw new HistoryBroken(`Batch ${tree.size + 1} is missing`);
      const range = { after: position.sequence, last: batches.at(-1)?.last ?? 0 };
      const roots = await eventRoots(this.database, ledgerId, range);
      for (const batch of batches) {
        expectNext(batch, position);
        if (roots.get(batch.batch)?.equals(batch.root) !== true)
          throw new HistoryBroken(`Batch ${batch.batch} is not what its events give`);
        complete.push(...tree.add(leafHash(batch.hash)));
        position.sequence = batch.last;
        position.head = batch.hash;
      }
    }
  }

  private async store(
    ledgerId: number,
    nodes: readonly CompleteNode[],
    { previous, size, note }: CheckpointRow & { readonly previous: number },
  ): Promise<void> {
    const levels = nodes.map(({ level }) => level);
    const positions = nodes.map(({ index }) => index);
    const hashes = nodes.map(({ hash }) => hash);
    // In one transaction: a checkpoint whose nodes are missing could not be proven by.
    await this.database.transaction(async (tx) => {
      await tx.query(LOCK, [ledgerId]);
      if (nodes.length > 0) await tx.query(INSERT_NODES, [ledgerId, levels, positions, hashes]);
      // Nothing when another worker was faster: its checkpoint is as good.
      await tx.query(INSERT_CHECKPOINT, [ledgerId, size, note, previous]);
    });
  }
}

/** @throws HistoryBroken when the batch doesn't follow the one before */
const expectNext = (
  { batch, first, last, root, hash }: BatchRow,
  { tree, sequence, head }: Position,
): void => {
  if (batch !== tree.size + 1) throw new HistoryBroken(`Batch ${tree.size + 1} is missing`);
  const follows = first === sequence + 1 && chainedHead(head, first, last, root).equals(hash);
  if (!follows) throw new HistoryBroken(`Batch ${batch} does not continue the one before`);
};
