import { nodeHash, splitOf } from './merkle.js';
import type { LeafRange } from './proof-path.js';

/**
 * Of a large tree only every eighth level is stored, complete nodes only: a node of level `l` covers 256^l
 * leaves, and what lies between is hashed when it is needed, from fewer than 512 nodes of a level. That is
 * one row for 256 leaves.
 */
export const NODE_WIDTH = 256;

/** A stored node; level 0 are the leaves. `index` counts from 0 within the level. */
export interface NodePlace {
  readonly level: number;
  readonly index: number;
}

/** The stored nodes that the root of a subtree is made from. */
export const nodesOf = (range: LeafRange): NodePlace[] => {
  const place = placeOf(range);
  if (place !== undefined) return [place];
  const [left, right] = halves(range);
  return [...nodesOf(left), ...nodesOf(right)];
};

/** The root of a subtree, from stored nodes. */
export const rangeRoot = (range: LeafRange, hashOf: (place: NodePlace) => Buffer): Buffer => {
  const place = placeOf(range);
  if (place !== undefined) return hashOf(place);
  const [left, right] = halves(range);
  return nodeHash(rangeRoot(left, hashOf), rangeRoot(right, hashOf));
};

const halves = ({ from, to }: LeafRange): [LeafRange, LeafRange] => {
  const middle = from + splitOf(to - from);
  return [
    { from, to: middle },
    { from: middle, to },
  ];
};

const placeOf = ({ from, to }: LeafRange): NodePlace | undefined => {
  let level = 0;
  for (let width = 1; width <= to - from; width *= NODE_WIDTH, level++) {
    if (width === to - from) return { level, index: from / width };
  }
  return undefined;
};

/** A node that a new leaf completed. */
export interface CompleteNode extends NodePlace {
  readonly hash: Buffer;
}

/**
 * A tree that grows leaf by leaf and remembers only its right edge: its root at any size, and each stored
 * node when it is complete.
 */
export class GrowingTree {
  /** Roots of complete subtrees of falling sizes, each a power of two: the binary digits of the size. */
  private readonly edge: { readonly width: number; readonly hash: Buffer }[] = [];
  private leaves = 0;

  get size(): number {
    return this.leaves;
  }

  /** Adds a leaf's hash; the answer has the stored nodes above level 0 that it completed. */
  add(leaf: Buffer): CompleteNode[] {
    return this.addNode({ level: 0, index: this.leaves, hash: leaf });
  }

  /** Adds the hash of a complete stored node that comes next. */
  addNode({ level, hash }: CompleteNode): CompleteNode[] {
    const width = NODE_WIDTH ** level;
    if (this.leaves % width !== 0) throw new Error(`No node of level ${level} begins at ${this.leaves}`);
    this.leaves += width;
    const complete: CompleteNode[] = [];
    let grown = { width, hash };
    for (let last = this.edge.at(-1); last?.width === grown.width; last = this.edge.at(-1)) {
      this.edge.pop();
      grown = { width: grown.width * 2, hash: nodeHash(last.hash, grown.hash) };
      const place = placeOf({ from: this.leaves - grown.width, to: this.leaves });
      if (place !== undefined) complete.push({ ...place, hash: grown.hash });
    }
    this.edge.push(grown);
    return complete;
  }

  /** The root over all leaves so far. @throws Error while there are none */
  root(): Buffer {
    const [last, ...others] = [...this.edge].reverse();
    if (last === undefined) throw new Error('An empty tree has no leaves to hash');
    return others.reduce((right, { hash }) => nodeHash(hash, right), last.hash);
  }
}
