import { leafHash } from './merkle.js';

/** What of an event the ledger's proofs cover. */
export interface LeafInput {
  readonly sequence: number;
  readonly type: string;
  readonly recordedAt: string;
  readonly idempotencyKey: string | null;
  /** The stored payload, byte for byte. */
  readonly payload: string;
}

/**
 * The leaf of an event in its batch's Merkle tree: the hash of five lines (sequence, type, recorded at,
 * idempotency key or nothing, payload). No member but the last can hold a line feed, so the form is
 * unambiguous.
 */
export const eventLeaf = ({ sequence, type, recordedAt, idempotencyKey, payload }: LeafInput): Buffer =>
  leafHash(`${sequence}\n${type}\n${recordedAt}\n${idempotencyKey ?? ''}\n${payload}`);
