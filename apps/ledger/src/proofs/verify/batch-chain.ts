import { chainedHead, GENESIS_HEAD } from '@defter/ledger-domain';
import type { Findings } from './findings.js';

/** A row of `batch` as it stands. */
export interface BatchRow {
  readonly batch: number;
  readonly first: number;
  readonly last: number;
  readonly root: Buffer;
  readonly hash: Buffer;
  readonly recordedAt: string;
}

/**
 * Follows the chain of batches. A batch's root stands in it twice, as itself and within the chained hash,
 * so it can be told what was changed: events, the root, or the hash.
 */
export class BatchChain {
  /** What the hash before may be: the stored one, or that which was computed where the two differ. */
  private previous: readonly Buffer[] = [GENESIS_HEAD];

  constructor(private readonly findings: Findings) {}

  /** Checks a batch against the root that its events give. */
  check(row: BatchRow, computed: Buffer | undefined): void {
    const { batch, first, last, root, hash } = row;
    const at = { batch, firstSequence: first, lastSequence: last };
    const expected = this.previous.map((before) => chainedHead(before, first, last, computed ?? root));
    const byEvents = computed !== undefined && expected.some((candidate) => candidate.equals(hash));
    const byRoot = this.previous.some((before) => chainedHead(before, first, last, root).equals(hash));
    if (computed?.equals(root) !== true) {
      if (byEvents) this.differs('batch', at, 'root', [computed, root]);
      else this.differs('event', at, 'root of the events', [root, computed]);
    }
    if (!byEvents && !byRoot) this.differs('batch', at, 'hash', [expected[0], hash]);
    this.previous = byEvents || byRoot ? [hash] : [hash, ...expected];
  }

  /** A batch is missing: from the next one on the chain is what the rows say. */
  skipTo(hash: Buffer): void {
    this.previous = [hash];
  }

  private differs(
    table: string,
    at: { readonly batch: number; readonly firstSequence: number; readonly lastSequence: number },
    what: string,
    [expected, found]: readonly (Buffer | undefined)[],
  ): void {
    const text = (hash: Buffer | undefined): string | null => hash?.toString('base64') ?? null;
    this.findings.add({ table, kind: 'differs', at, what, expected: text(expected), found: text(found) });
  }
}
