import { type Static, Type } from '@sinclair/typebox';
import { bodyReader } from '../body-reader.js';
import { MetadataInput } from './transaction.wire.js';

/** Body of `POST …/transactions/{id}/revert`. */
export const RevertBody = Type.Object(
  { metadata: Type.Optional(MetadataInput) },
  { additionalProperties: false },
);

const read = bodyReader(RevertBody);

/** Metadata of the reversal; an absent body has none. @throws ProblemException `malformed` */
export const toRevertMetadata = (body: unknown): NonNullable<Static<typeof RevertBody>['metadata']> =>
  read(body ?? {}).metadata ?? {};
