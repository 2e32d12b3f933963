import { merkleRoot, nodeHash, splitOf } from './merkle.js';

/** A subtree of a Merkle tree by its leaves, `from` (from 0) up to and without `to`. */
export interface LeafRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The subtrees whose roots prove that a leaf is in a tree (RFC 6962 §2.1.1), the leaf's sibling first.
 * `index` counts from 0. @throws Error when it isn't below `size`
 */
export const inclusionRanges = (index: number, size: number): LeafRange[] => {
  if (index < 0 || index >= size) throw new Error(`A tree of ${size} leaves has no leaf ${index}`);
  const ranges: LeafRange[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    ranges.unshift(index < middle ? { from: middle, to } : { from, to: middle });
    if (index < middle) to = middle;
    else from = middle;
  }
  return ranges;
};

/**
 * The root that a leaf and its path lead to; undefined when the path can't belong to that index and size.
 * The proof holds when this is the root that somebody trusted signed.
 */
export const rootOfPath = (
  leaf: Buffer,
  { index, size }: { readonly index: number; readonly size: number },
  path: readonly Buffer[],
): Buffer | undefined => {
  if (index < 0 || index >= size) return undefined;
  if (size === 1) return path.length === 0 ? leaf : undefined;
  const sibling = path.at(-1);
  if (sibling === undefined) return undefined;
  const split = splitOf(size);
  const below = path.slice(0, -1);
  if (index < split) {
    const left = rootOfPath(leaf, { index, size: split }, below);
    return left === undefined ? undefined : nodeHash(left, sibling);
  }
  const right = rootOfPath(leaf, { index: index - split, size: size - split }, below);
  return right === undefined ? undefined : nodeHash(sibling, right);
};

/**
 * The subtrees whose roots prove that a tree of `size` leaves begins with the one of `old` leaves (RFC 6962
 * §2.1.2). None when either is empty or both are the same. @throws Error when the old one is the larger
 */
export const consistencyRanges = (old: number, size: number): LeafRange[] => {
  if (old > size) throw new Error(`A tree of ${size} leaves can't begin with one of ${old}`);
  return old === 0 ? [] : consistencyBelow(old, { from: 0, to: size }, true);
};

const consistencyBelow = (old: number, { from, to }: LeafRange, whole: boolean): LeafRange[] => {
  if (old === to - from) return whole ? [] : [{ from, to }];
  const split = splitOf(to - from);
  const middle = from + split;
  return old <= split
    ? [...consistencyBelow(old, { from, to: middle }, whole), { from: middle, to }]
    : [...consistencyBelow(old - split, { from: middle, to }, false), { from, to: middle }];
};

/** A tree as somebody signed it. */
export interface TreeHead {
  readonly size: number;
  readonly root: Buffer;
}

/** Whether the path proves that the new tree begins with the old one, leaf by leaf. */
export const isConsistent = (old: TreeHead, now: TreeHead, path: readonly Buffer[]): boolean => {
  if (old.size > now.size) return false;
  if (old.size === 0) return path.length === 0 && old.root.equals(merkleRoot([]));
  const rest = [...path];
  const roots = rootsOf(old, now.size, rest, true);
  return roots !== undefined && rest.length === 0 && roots.old.equals(old.root) && roots.now.equals(now.root);
};

interface Roots {
  readonly old: Buffer;
  readonly now: Buffer;
}

/** The roots of both trees as the path gives them, taken from its end. */
const rootsOf = (old: TreeHead, size: number, rest: Buffer[], whole: boolean): Roots | undefined => {
  if (old.size === size && whole) return { old: old.root, now: old.root };
  const sibling = rest.pop();
  if (sibling === undefined) return undefined;
  if (old.size === size) return { old: sibling, now: sibling };
  const split = splitOf(size);
  if (old.size <= split) {
    const left = rootsOf(old, split, rest, whole);
    return left === undefined ? undefined : { old: left.old, now: nodeHash(left.now, sibling) };
  }
  const right = rootsOf({ ...old, size: old.size - split }, size - split, rest, false);
  if (right === undefined) return undefined;
  return { old: nodeHash(sibling, right.old), now: nodeHash(sibling, right.now) };
};
