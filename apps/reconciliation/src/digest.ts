import { createHash } from 'node:crypto';

/** SHA-256 as 64 hex digits. */
export const sha256 = (content: Uint8Array | string): string =>
  createHash('sha256').update(content).digest('hex');

/** SHA-256 of several texts. JSON keeps them apart: no two lists give the same text. */
export const sha256Of = (...parts: readonly (string | number)[]): string => sha256(JSON.stringify(parts));

/** The first half of such a digest in the form of a uuid: 16 bytes in the database and in its indexes. */
export const uuidOf = (...parts: readonly (string | number)[]): string =>
  sha256Of(...parts)
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
