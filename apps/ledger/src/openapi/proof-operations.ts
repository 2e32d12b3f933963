import { Type } from '@sinclair/typebox';
import { Checkpoint } from './answers.js';
import { VerifyBody } from '../proofs/verify/verify.wire.js';
import { data, Flag, LISTED, type Operations, pageOf } from './operation.js';

const AT = '/v2/{ledger}';
const Size = Type.Integer({ minimum: 1 });
const Note = Type.String({ expected: 'a signed note (the form of transparency logs)' });
const Path = Type.Array(Type.String({ expected: 'base64 of a hash' }));
const Key = Type.Object({
  name: Type.String(),
  id: Type.String(),
  algorithm: Type.Literal('Ed25519'),
  key: Type.String({ expected: 'the verifier key' }),
  signing: Type.Boolean(),
});
const Signed = Type.Object({ size: Size, note: Note });
const Inclusion = Type.Object({
  event: Type.Object({
    sequence: Size,
    type: Type.String(),
    recordedAt: Type.String(),
    idempotencyKey: Type.Union([Type.String(), Type.Null()]),
    payload: Type.String(),
  }),
  batch: Type.Object({ previousHash: Type.String(), path: Path }, { additionalProperties: true }),
  checkpoint: Type.Object({ size: Size, note: Note, path: Path }),
});
const Consistency = Type.Object({ from: Signed, to: Signed, path: Path });

const LINES = 'application/x-ndjson';

/** Proofs, and the log as a file. */
export const proofOperations: Operations = {
  'GET /v2/_checkpoint-keys': {
    summary: 'Public keys that checkpoints are signed with',
    answer: data(Type.Array(Key)),
  },
  [`GET ${AT}/checkpoints`]: {
    summary: 'List signed checkpoints, newest first',
    query: LISTED,
    answer: pageOf(Checkpoint),
  },
  [`POST ${AT}/checkpoints`]: { summary: 'Sign a checkpoint now', answer: data(Checkpoint) },
  [`GET ${AT}/checkpoints/{size}`]: { summary: 'Read a checkpoint', answer: data(Checkpoint) },
  [`GET ${AT}/checkpoints/{size}/consistency`]: {
    summary: 'Proof that a checkpoint continues an earlier one',
    query: { from: Size },
    answer: data(Consistency),
  },
  [`GET ${AT}/transactions/{id}/proof`]: {
    summary: 'Proof that a transaction is covered by a checkpoint',
    query: { checkpoint: Size },
    answer: data(Inclusion),
  },
  [`GET ${AT}/logs/{sequence}/proof`]: {
    summary: 'Proof that an event is covered by a checkpoint',
    query: { checkpoint: Size },
    answer: data(Inclusion),
  },
  [`POST ${AT}/verify`]: {
    summary: 'Verify the ledger from its rows: lines of progress, findings and a summary',
    body: { schema: VerifyBody, optional: true },
    streams: { answered: LINES },
  },
  [`POST ${AT}/logs/export`]: {
    summary: 'The log as a stream of lines, which import accepts unchanged',
    streams: { answered: LINES },
  },
  [`POST ${AT}/logs/import`]: {
    summary: 'Take in an exported log; the same again has no second effect',
    query: { keepCardNumbers: Flag },
    streams: { sent: LINES },
  },
};
