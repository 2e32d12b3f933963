import { malformed } from '@defter/platform';
import type { FastifyReply } from 'fastify';
import type { Outcome } from './engine/submission.js';

const MAX_KEY_LENGTH = 256;
// eslint-disable-next-line no-control-regex -- control characters are what is refused
const KEY = /^[^\u0000-\u001f\u007f]+$/;

/** The idempotency key of a request; undefined when there is none. @throws ProblemException `malformed` */
export const toKey = (text: string | undefined, loc: readonly (string | number)[]): string | undefined => {
  if (text === undefined) return undefined;
  if (text.length > MAX_KEY_LENGTH || !KEY.test(text)) {
    throw malformed([
      { loc, msg: `must be 1 to ${MAX_KEY_LENGTH} characters without control characters`, type: 'key' },
    ]);
  }
  return text;
};

/** `Idempotency-Key` as a member of a submission. */
export const keyFromHeader = (text: string | undefined): { readonly key?: string } => {
  const key = toKey(text, ['header', 'idempotency-key']);
  return key === undefined ? {} : { key };
};

const LOC_HEADER = ['query'] as const;

/** `true` or `false` and nothing else: a dry run that moves money by a misspelling is not to be had. */
export const toFlag = (name: string, text: string | undefined): boolean => {
  if (text === undefined || text === 'false') return false;
  if (text === 'true') return true;
  throw malformed([{ loc: [...LOC_HEADER, name], msg: 'must be true or false', type: 'boolean' }]);
};

/** Refuses query parameters that a route doesn't know: an ignored one would be an answer to another question. */
export const refuseUnknownQuery = (
  query: Readonly<Record<string, unknown>>,
  known: readonly string[],
): void => {
  for (const [name, value] of Object.entries(query)) {
    const msg = known.includes(name)
      ? 'must be given once'
      : `is not known here; known are ${known.join(', ') || 'none'}`;
    if (!known.includes(name) || typeof value !== 'string')
      throw malformed([{ loc: ['query', name], msg, type: 'query' }]);
  }
};

/** Tells the caller of a write what later reads can refer to, and whether this is a repeated answer. */
export const markAnswer = (reply: FastifyReply, outcome: Outcome): void => {
  if (outcome.hit) void reply.header('idempotency-hit', 'true');
  if (outcome.accepted) void reply.header('defter-sequence', String(outcome.record.sequence));
};
