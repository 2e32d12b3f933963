import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { leafHash, merkleRoot } from './merkle.js';
import {
  consistencyRanges,
  inclusionRanges,
  isConsistent,
  type LeafRange,
  rootOfPath,
} from './proof-path.js';
import { GrowingTree, NODE_WIDTH, nodesOf, rangeRoot } from './proof-tree.js';

const leavesOf = (count: number): Buffer[] =>
  Array.from({ length: count }, (_, at) => leafHash(`leaf ${at}`));
const LEAVES = leavesOf(1_100);
const rootOf = ({ from, to }: LeafRange): Buffer => merkleRoot(LEAVES.slice(from, to));
const headOf = (size: number) => ({ size, root: rootOf({ from: 0, to: size }) });
const flip = (hash: Buffer, bit: number): Buffer => {
  const other = Buffer.from(hash);
  other.writeUInt8(other.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return other;
};

const places = fc
  .integer({ min: 1, max: 1_100 })
  .chain((size) => fc.record({ size: fc.constant(size), index: fc.nat(size - 1) }));

describe('an inclusion proof', () => {
  it('leads every leaf of every tree to its root, in as many steps as the tree is high', () => {
    fc.assert(
      fc.property(places, ({ index, size }) => {
        const path = inclusionRanges(index, size).map(rootOf);
        expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
        expect(rootOfPath(leafAt(index), { index, size }, path)).toEqual(headOf(size).root);
      }),
    );
  });

  it('fails with any bit flipped, at another index, with a hash too many or too few', () => {
    fc.assert(
      fc.property(places, fc.nat(255), fc.nat(), ({ index, size }, bit, other) => {
        const { root } = headOf(size);
        const path = inclusionRanges(index, size).map(rootOf);
        const leads = (leaf: Buffer, at: number, by: Buffer[]): boolean =>
          rootOfPath(leaf, { index: at, size }, by)?.equals(root) === true;
        expect(leads(flip(leafAt(index), bit), index, path)).toBe(false);
        path.forEach((hash, at) =>
          expect(leads(leafAt(index), index, path.with(at, flip(hash, bit)))).toBe(false),
        );
        if (other % size !== index) expect(leads(leafAt(index), other % size, path)).toBe(false);
        expect(leads(leafAt(index), index, [...path, root])).toBe(false);
        expect(leads(leafAt(index), index, [root, ...path])).toBe(false);
        if (path.length > 0) expect(leads(leafAt(index), index, path.slice(1))).toBe(false);
        expect(leads(leafAt(index), size, path)).toBe(false);
      }),
    );
  });
});

const leafAt = (index: number): Buffer => LEAVES[index] ?? Buffer.alloc(0);

describe('a consistency proof', () => {
  it('holds for every pair of sizes up to 64', () => {
    for (let size = 0; size <= 64; size++) {
      for (let old = 0; old <= size; old++) {
        const path = consistencyRanges(old, size).map(rootOf);
        expect({ old, size, holds: isConsistent(headOf(old), headOf(size), path) }).toEqual({
          old,
          size,
          holds: true,
        });
      }
    }
  });

  it('fails for every pair of sizes up to 64 with a bit flipped in a root or in the path', () => {
    for (let size = 1; size <= 64; size++) {
      for (let old = 1; old < size; old++) {
        const path = consistencyRanges(old, size).map(rootOf);
        const [before, now] = [headOf(old), headOf(size)];
        const bit = (old * 7 + size) % 256;
        expect(isConsistent({ ...before, root: flip(before.root, bit) }, now, path)).toBe(false);
        expect(isConsistent(before, { ...now, root: flip(now.root, bit) }, path)).toBe(false);
        path.forEach((hash, at) =>
          expect(isConsistent(before, now, path.with(at, flip(hash, bit)))).toBe(false),
        );
        expect(isConsistent(before, now, [...path, now.root])).toBe(false);
        expect(isConsistent(before, now, path.slice(1))).toBe(false);
        expect(isConsistent(now, before, path)).toBe(false);
      }
    }
  });

  it('does not go back in time, and no leaf lies beyond a tree', () => {
    expect(() => consistencyRanges(11, 3)).toThrow("A tree of 3 leaves can't begin with one of 11");
    expect(() => inclusionRanges(3, 3)).toThrow('A tree of 3 leaves has no leaf 3');
  });

  it('fails when a leaf of the old tree was another one', () => {
    fc.assert(
      fc.property(places, fc.nat(), ({ index, size }, more) => {
        const now = headOf(Math.min(1_100, size + 1 + (more % 300)));
        const old = { size, root: merkleRoot(LEAVES.slice(0, size).with(index, leafHash('another'))) };
        if (now.size === size) return;
        expect(isConsistent(old, now, consistencyRanges(size, now.size).map(rootOf))).toBe(false);
      }),
    );
  });
});

describe('a tree of which every eighth level is stored', () => {
  const tree = new GrowingTree();
  const stored = new Map(LEAVES.map((hash, index) => [`0/${index}`, hash]));
  const roots = LEAVES.map((leaf) => {
    for (const { level, index, hash } of tree.add(leaf)) stored.set(`${level}/${index}`, hash);
    return tree.root();
  });
  const hashAt = ({ level, index }: { level: number; index: number }): Buffer => {
    const hash = stored.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`Node ${level}/${index} is not stored`);
    return hash;
  };

  it('has the root of RFC 6962 at every size', () => {
    for (let size = 1; size <= LEAVES.length; size += 13) {
      expect(roots[size - 1]).toEqual(headOf(size).root);
      expect(rangeRoot({ from: 0, to: size }, hashAt)).toEqual(headOf(size).root);
    }
  });

  it('gives every path from few nodes', () => {
    fc.assert(
      fc.property(places, ({ index, size }) => {
        const ranges = inclusionRanges(index, size);
        expect(ranges.map((range) => rangeRoot(range, hashAt))).toEqual(ranges.map(rootOf));
        const read = ranges.flatMap(nodesOf);
        expect(read.filter(({ level }) => level === 0).length).toBeLessThan(2 * NODE_WIDTH);
      }),
    );
  });

  it('goes on from stored nodes as from leaves', () => {
    const resumed = new GrowingTree();
    for (let index = 0; index < 4; index++)
      resumed.addNode({ level: 1, index, hash: hashAt({ level: 1, index }) });
    for (const leaf of LEAVES.slice(4 * NODE_WIDTH)) resumed.add(leaf);
    expect(resumed.root()).toEqual(tree.root());
    expect(() => resumed.addNode({ level: 1, index: 5, hash: leafHash('') })).toThrow('No node');
  });
});
