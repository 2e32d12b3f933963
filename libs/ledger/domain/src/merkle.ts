import { createHash } from 'node:crypto';

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

const sha256 = (...parts: readonly (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The hash of a leaf: SHA-256 of 0x00 and its bytes (RFC 6962 §2.1). */
export const leafHash = (bytes: Buffer | string): Buffer => sha256(LEAF, bytes);

/** The hash of an inner node: SHA-256 of 0x01 and its two children (RFC 6962 §2.1). */
export const nodeHash = (left: Buffer, right: Buffer): Buffer => sha256(NODE, left, right);

/** The largest power of two below a number of leaves (two or more): where RFC 6962 parts a tree. */
export const splitOf = (leaves: number): number => {
  let split = 1;
  while (split * 2 < leaves) split *= 2;
  return split;
};

/**
 * The root of a Merkle tree over leaf hashes (RFC 6962 §2.1): the left part is the largest power of two below
 * the number of leaves; inner nodes hash 0x01, left, right. The root of no leaves is the SHA-256 of nothing.
 */
export const merkleRoot = (leaves: readonly Buffer[]): Buffer => {
  const [only] = leaves;
  if (only === undefined) return sha256('');
  if (leaves.length === 1) return only;
  const split = splitOf(leaves.length);
  return nodeHash(merkleRoot(leaves.slice(0, split)), merkleRoot(leaves.slice(split)));
};

/**
 * The chained head: SHA-256 of the head before, the first and last sequence of the batch (decimal), and its
 * root.
 */
export const chainedHead = (previous: Buffer, first: number, last: number, root: Buffer): Buffer =>
  sha256(previous, `${first}-${last}`, root);

/** The head of a ledger that has no events yet. */
export const GENESIS_HEAD: Buffer = Buffer.alloc(32);
