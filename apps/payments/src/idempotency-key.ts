import { malformed } from '@defter/platform';

/**
 * The key of a request that spans a call to another service. @throws ProblemException 400, as
 * `@Idempotent()` does
 */
export const parseIdempotencyKey = (header: string | undefined): string => {
  if (header !== undefined && /^[\x21-\x7e]{1,255}$/.test(header)) return header;
  const msg = 'Idempotency-Key is required: 1 to 255 printable ASCII characters without spaces';
  throw malformed([{ loc: ['header', 'idempotency-key'], msg, type: 'idempotency-key' }]);
};
