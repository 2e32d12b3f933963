import { Type } from '@sinclair/typebox';
import { decodeCheckpoint } from '@defter/ledger-domain';
import { malformed } from '@defter/platform';
import { bodyReader } from '../../body-reader.js';
import type { CheckpointRow } from '../checkpoint.read.js';

export const VerifyBody = Type.Object(
  {
    /** The note of a checkpoint that the caller kept. */
    checkpoint: Type.Optional(Type.String({ maxLength: 4096, expected: 'the note of a checkpoint' })),
  },
  { additionalProperties: false },
);

const read = bodyReader(VerifyBody);

/** The checkpoint in a request to verify, if there is one. @throws ProblemException `malformed` */
export const toHeld = (body: unknown): { readonly held?: CheckpointRow } => {
  const { checkpoint } = read(body ?? {});
  if (checkpoint === undefined) return {};
  const held = heldOf(checkpoint);
  if (held !== undefined) return { held };
  throw malformed([{ loc: ['body', 'checkpoint'], msg: 'must be the note of a checkpoint', type: 'note' }]);
};

/**
 * A note that somebody kept; its signature is looked at later. Undefined when it isn't a checkpoint at all.
 */
export const heldOf = (note: string): CheckpointRow | undefined => {
  const checkpoint = decodeCheckpoint(note.slice(0, note.lastIndexOf('\n\n') + 1));
  return checkpoint === undefined ? undefined : { size: checkpoint.size, note };
};
