import { hash } from 'node:crypto';

const HASH_BYTES = 32;
/** 0x01 and room for two hashes; hashing is done before anyone else can write here. */
const node = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

const sha256 = (bytes: Buffer | string): Buffer => hash('sha256', bytes, 'buffer');

/** The hash of a leaf: SHA-256 of 0x00 and its bytes, text as UTF-8 (RFC 6962 §2.1). */
export const leafHash = (bytes: Buffer | string): Buffer =>
  sha256(typeof bytes === 'string' ? `\0${bytes}` : Buffer.concat([Buffer.alloc(1), bytes]));

/** The hash of an inner node: SHA-256 of 0x01 and its two children (RFC 6962 §2.1). */
export const nodeHash = (left: Buffer, right: Buffer): Buffer => {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) throw new Error('A child is no hash');
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return sha256(node);
};

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
  sha256(Buffer.concat([previous, Buffer.from(`${first}-${last}`), root]));

/** The head of a ledger that has no events yet. */
export const GENESIS_HEAD: Buffer = Buffer.alloc(32);
