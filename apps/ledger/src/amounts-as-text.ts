import { malformed, RawJson, writeJson } from '@defter/platform';
import type { FastifyReply } from 'fastify';

/** Asks for amounts as text in the answer, for callers whose JSON reader rounds large numbers. */
export const AMOUNTS_AS_TEXT = 'formance-bigint-as-string';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Whether the caller wants amounts as text. @throws ProblemException for neither `true` nor `false` */
export const wantsAmountsAsText = (headers: Headers): boolean => {
  const value = headers[AMOUNTS_AS_TEXT];
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw malformed([{ loc: ['header', AMOUNTS_AS_TEXT], msg: 'must be true or false', type: 'boolean' }]);
};

/**
 * A view with every amount as decimal text. In views exactly the amounts are bigints; numbers of
 * transactions and of log entries stay numbers.
 */
export const withAmountsAsText = (value: unknown): unknown => {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || value instanceof RawJson || 'toJSON' in value)
    return value;
  if (Array.isArray(value)) return value.map(withAmountsAsText);
  if (value instanceof Map) {
    return new Map([...value].map(([name, member]) => [name as string, withAmountsAsText(member)]));
  }
  const members = Object.entries(value).map(([name, member]) => [name, withAmountsAsText(member)] as const);
  return Object.fromEntries(members);
};

/** Has this answer written with amounts as text, if the request asks for it. */
export const prepareAnswer = (headers: Headers, reply: FastifyReply): void => {
  if (!wantsAmountsAsText(headers)) return;
  // With a serializer of its own an answer gets no content type by itself, and problems come as text.
  void reply.header('content-type', 'application/json; charset=utf-8');
  void reply.serializer((body: unknown) =>
    typeof body === 'string' ? body : writeJson(withAmountsAsText(body)),
  );
};
