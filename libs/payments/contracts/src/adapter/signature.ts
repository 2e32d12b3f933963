import { timingSafeEqual } from 'node:crypto';
import type { Verdict } from '../provider-port.js';

/** Why a request isn't genuine. */
export const invalid = (
  reason:
    | 'signature_missing'
    | 'signature_malformed'
    | 'signature_mismatch'
    | 'timestamp_out_of_tolerance'
    | 'body_malformed',
): Verdict => ({ valid: false, reason });

const forms = {
  hex: (length: number) => new RegExp(`^[0-9a-f]{${length * 2}}$`),
  base64: (length: number) =>
    new RegExp(`^[A-Za-z0-9+/]{${Math.ceil((length * 8) / 6)}}={${(3 - (length % 3)) % 3}}$`),
};

/**
 * Whether the text is this digest, compared in constant time. Text of another form or length isn't decoded:
 * false, without a throw.
 */
export const isDigest = (given: string, expected: Buffer, encoding: 'hex' | 'base64'): boolean => {
  if (!forms[encoding](expected.length).test(given)) return false;
  const bytes = Buffer.from(given, encoding);
  return bytes.length === expected.length && timingSafeEqual(bytes, expected);
};

/** The connection that stands in a webhook's path, `…/webhook/<provider>/<connection>`. */
export const connectionInPath = (provider: string, path: string): string | undefined => {
  const [, after] = path.split(`/webhook/${provider}/`);
  return after === undefined ? undefined : /^[A-Za-z0-9_-]{1,64}(?=$|[/?#])/.exec(after)?.[0];
};
