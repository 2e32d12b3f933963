import { type CompleteNode, GrowingTree, leafHash, NODE_WIDTH } from '@defter/ledger-domain';
import type { Connection } from '@defter/platform';
import { type Believed, believe } from '../believe.js';
import type { CheckpointRow } from '../checkpoint.read.js';
import type { NoteKey } from '../signed-note.js';
import type { BatchRow } from './batch-chain.js';
import type { Findings } from './findings.js';
import { RowCursor } from './row-cursor.js';

interface NodeRow {
  readonly level: number;
  readonly position: number;
  readonly hash: Buffer;
}

/** Whose signatures count, what ledger it is, and a checkpoint that an auditor kept. */
export interface Trust {
  readonly keys: readonly NoteKey[];
  readonly origin: string;
  readonly held?: CheckpointRow;
}

const HELD = 'the checkpoint you hold';

const CHECKPOINTS = 'select size::float8 as size, note from checkpoint where ledger_id = ';

/** In the order in which the batches complete them. */
const nodesSql = (ledgerId: number): string => `
select level, position::float8 as position, hash from batch_tree_node where ledger_id = ${ledgerId}
order by (position + 1) * power(${NODE_WIDTH}::numeric, level), level`;

/** Compares the batches with what was signed of them, and with the stored nodes of their tree. */
export class SignedHistory {
  private readonly tree = new GrowingTree();
  private size = 0;
  /** Batches are missing: from there on no root can be worked out. */
  private broken = false;
  private previousSize = 0;
  private agreedSize = 0;
  private checkpointsSeen = 0;
  /** Said once: every later checkpoint differs then, too. */
  private rewritten = false;

  private constructor(
    private readonly findings: Findings,
    private readonly trust: Trust,
    private readonly checkpoints: RowCursor<CheckpointRow>,
    private readonly nodes: RowCursor<NodeRow>,
  ) {}

  static async open(
    connection: Connection,
    ledgerId: number,
    findings: Findings,
    trust: Trust,
  ): Promise<SignedHistory> {
    const sql = `${CHECKPOINTS}${ledgerId} order by size`;
    const checkpoints = await RowCursor.open<CheckpointRow>(connection, 'signed_checkpoint', sql);
    const nodes = await RowCursor.open<NodeRow>(connection, 'tree_node', nodesSql(ledgerId));
    return new SignedHistory(findings, trust, checkpoints, nodes);
  }

  /** How many checkpoints there were. */
  get count(): number {
    return this.checkpointsSeen;
  }

  /** The root over all batches so far, in base64; null before the first. */
  get root(): string | null {
    return this.tree.size === 0 || this.broken ? null : this.tree.root().toString('base64');
  }

  /** Adds the next batch and compares what was signed at that size. */
  async add(batch: BatchRow): Promise<void> {
    this.size += 1;
    const complete = this.broken ? [] : this.tree.add(leafHash(batch.hash));
    for (const node of complete) await this.checkNode(node);
    await this.checkSigned(batch);
  }

  /** Batches up to that one are missing. */
  async skip(last: number): Promise<void> {
    this.broken = true;
    this.size = last;
    await this.checkSigned(undefined);
  }

  private async checkSigned(batch: BatchRow | undefined): Promise<void> {
    const { size } = this;
    if (this.trust.held?.size === size) this.checkHeld(this.trust.held, batch);
    for await (const row of this.checkpoints.while((next) => next.size <= size)) this.checkRow(row, batch);
  }

  /** What is signed beyond the last batch. */
  async finish(): Promise<void> {
    const { size } = this;
    const { held } = this.trust;
    for await (const row of this.checkpoints.while(() => true)) {
      this.checkRow(row, undefined);
      this.truncated(row.size, size, 'a checkpoint');
    }
    if (held !== undefined && held.size > size && this.believed(held, HELD) !== undefined) {
      this.truncated(held.size, size, HELD);
    }
    if (this.broken) return;
    for await (const node of this.nodes.while(() => true)) this.nodeFinding('unexpected', node);
  }

  private truncated(signed: number, size: number, by: string): void {
    const at = { batch: size + 1, checkpoint: signed };
    this.findings.add({
      table: 'batch',
      kind: 'missing',
      at,
      what: `up to batch ${signed}, signed by ${by}`,
    });
  }

  private checkHeld(held: CheckpointRow, batch: BatchRow | undefined): void {
    const content = this.believed(held, HELD);
    if (content !== undefined) this.compareContent(held.size, content, batch, HELD);
  }

  private checkRow(row: CheckpointRow, batch: BatchRow | undefined): void {
    this.checkpointsSeen += 1;
    const content = this.believed(row, 'signature');
    if (content === undefined) return;
    if (content.previous !== this.previousSize) {
      const at = { checkpoint: content.previous };
      this.findings.add({
        table: 'checkpoint',
        kind: 'missing',
        at,
        what: `named by checkpoint ${row.size}`,
      });
    }
    this.previousSize = row.size;
    if (row.size === this.size) this.compareContent(row.size, content, batch, 'checkpoint');
  }

  private believed(row: CheckpointRow, what: string): Believed | undefined {
    const content = believe(row, this.trust);
    if (typeof content !== 'string') return content;
    const at = { checkpoint: row.size };
    this.findings.add({ table: 'checkpoint', kind: 'differs', at, what, found: content });
    return undefined;
  }

  private compareContent(size: number, signed: Believed, batch: BatchRow | undefined, what: string): void {
    const agrees =
      batch !== undefined &&
      !this.broken &&
      signed.root.equals(this.tree.root()) &&
      signed.head.equals(batch.hash) &&
      signed.sequence === batch.last;
    if (agrees) this.agreedSize = size;
    if (agrees || (this.rewritten && what === 'checkpoint')) return;
    this.rewritten = true;
    const at = { checkpoint: size, batch: this.agreedSize + 1 };
    const expected = signed.root.toString('base64');
    const where = `batches ${this.agreedSize + 1} to ${size} are not those of ${what}`;
    this.findings.add({ table: 'batch', kind: 'differs', at, what: where, expected, found: this.root });
  }

  private async checkNode({ level, index, hash }: CompleteNode): Promise<void> {
    const next = await this.nodes.peek();
    const end = (node: { level: number; position: number }): number =>
      (node.position + 1) * NODE_WIDTH ** node.level;
    const here = { level, position: index };
    if (next === undefined || end(next) > end(here) || (end(next) === end(here) && next.level > level)) {
      // Nodes are stored when they are signed; behind the last checkpoint none is due yet.
      if ((await this.checkpoints.peek()) !== undefined) this.nodeFinding('missing', here);
      return;
    }
    await this.nodes.take();
    if (next.level !== level || next.position !== index) return this.nodeFinding('unexpected', next);
    if (!next.hash.equals(hash)) this.nodeFinding('differs', next);
  }

  private nodeFinding(
    kind: 'missing' | 'unexpected' | 'differs',
    node: { level: number; position: number },
  ): void {
    this.findings.add({ table: 'batch_tree_node', kind, at: { node: `${node.level}/${node.position}` } });
  }
}
