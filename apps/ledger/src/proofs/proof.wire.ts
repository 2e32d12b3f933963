import { malformed } from '@defter/platform';
import { type CheckpointRow, contentOf } from './checkpoint.read.js';
import type { InclusionProof } from './proof.read.js';
import type { ConsistencyProof } from './proofs.js';
import { encodeVerifierKey, type NoteKey } from './signed-note.js';

const base64 = (hash: Buffer): string => hash.toString('base64');

/** A checkpoint as it is shown. What counts is the note; the rest is read from it, for people. */
export const checkpointView = (row: CheckpointRow) => {
  const { origin, sequence, signedAt, root } = contentOf(row);
  return { size: row.size, sequence, origin, root: base64(root), signedAt, note: row.note };
};

/** A proof as it is shown: all that a verifier needs beside a public key, and nothing it can work out. */
export const inclusionView = ({ event, batch, checkpoint }: InclusionProof) => ({
  event,
  batch: { ...batch, previousHash: base64(batch.previousHash), path: batch.path.map(base64) },
  checkpoint: { size: checkpoint.size, note: checkpoint.note, path: checkpoint.path.map(base64) },
});

export const consistencyView = ({ from, to, path }: ConsistencyProof) => ({
  from: { size: from.size, note: from.note },
  to: { size: to.size, note: to.note },
  path: path.map(base64),
});

/** A public key as it is shown; `key` is its verifier key. */
export const keyView = (key: NoteKey, signing: boolean) => ({
  name: key.name,
  id: key.id,
  algorithm: 'Ed25519',
  key: encodeVerifierKey(key),
  signing,
});

/** The number in a path or query. @throws ProblemException `malformed` */
export const toNumber = (text: string | undefined, loc: readonly string[]): number => {
  const number = /^[1-9]\d{0,15}$/.test(text ?? '') ? parseInt(text ?? '', 10) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  throw malformed([{ loc, msg: 'must be a whole number from 1', type: 'integer' }]);
};

/** The size of a checkpoint that another one continues. @throws ProblemException `malformed` */
export const toEarlier = (text: string | undefined, size: number): number => {
  const loc = ['query', 'from'];
  const from = toNumber(text, loc);
  if (from <= size) return from;
  const msg = `must be at most ${size}, the size of the checkpoint that continues it`;
  throw malformed([{ loc, msg, type: 'integer' }]);
};

/** As `toNumber`, absent allowed. @throws ProblemException `malformed` */
export const toOptionalNumber = (text: string | undefined, loc: readonly string[]): number | undefined =>
  text === undefined ? undefined : toNumber(text, loc);
