import { type Checkpoint, decodeCheckpoint } from '@defter/ledger-domain';
import type { CheckpointRow } from './checkpoint.read.js';
import { type NoteFault, type NoteKey, openNote } from './signed-note.js';

/** A checkpoint whose signature was verified. */
export type Believed = Checkpoint;

/** What keeps a checkpoint from being believed. */
export type Disbelief = NoteFault | 'not-a-checkpoint' | 'another-ledger' | 'another-size';

/** Verifies a checkpoint's signature and that it is of this ledger and size. */
export const believe = (
  { size, note }: CheckpointRow,
  { keys, origin }: { readonly keys: readonly NoteKey[]; readonly origin: string },
): Believed | Disbelief => {
  const opened = openNote(note, keys);
  if (typeof opened === 'string') return opened;
  const checkpoint = decodeCheckpoint(opened.text);
  if (checkpoint === undefined) return 'not-a-checkpoint';
  if (checkpoint.origin !== origin) return 'another-ledger';
  return checkpoint.size === size ? checkpoint : 'another-size';
};
