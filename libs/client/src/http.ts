import { isInteger, LosslessNumber, parse } from 'lossless-json';
import { DefterProblem, DefterUnreachable } from './problem.js';

/** Where a service is and who calls. */
export interface Connection {
  readonly url: string;
  readonly token: string;
  /** The tenant that a service acts for, or that the key must be of. */
  readonly tenantId?: string;
}

export interface Call {
  readonly body?: object;
  /** The same key has its effect once, whatever happens on the way. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** Integers beyond 2^53 become bigint, the others number: no digit is lost. */
const toNumber = (text: string): unknown => {
  if (!isInteger(text)) return new LosslessNumber(text).valueOf();
  const exact = BigInt(text);
  return exact >= BigInt(Number.MIN_SAFE_INTEGER) && exact <= BigInt(Number.MAX_SAFE_INTEGER)
    ? parseInt(text, 10)
    : exact;
};

const toJson = (value: object): string =>
  JSON.stringify(value, (_key, member: unknown) => (typeof member === 'bigint' ? member.toString() : member));

/**
 * One call of a service's API. @throws DefterProblem for every answer that isn't a 2xx; @throws
 * DefterUnreachable when no whole answer came: then nobody knows whether it was done, and the same key must
 * be used again
 */
export const callApi = async <T>(
  connection: Connection,
  method: string,
  path: string,
  call: Call = {},
): Promise<T> => {
  const { body, signal } = call;
  const init = {
    method,
    headers: headersOf(connection, call),
    ...(body === undefined ? {} : { body: toJson(body) }),
    ...(signal === undefined ? {} : { signal }),
  };
  const { response, text } = await exchange(`${connection.url}${path}`, init);
  const content: unknown = text === '' ? undefined : parse(text, undefined, toNumber);
  if (response.ok) return content as T;
  const code = (content as { code?: unknown } | undefined)?.code;
  throw new DefterProblem(response.status, typeof code === 'string' ? code : 'unknown', content);
};

const headersOf = (
  { token, tenantId }: Connection,
  { body, idempotencyKey }: Call,
): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  ...(tenantId === undefined ? {} : { 'defter-tenant': tenantId }),
  ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
});

const exchange = async (url: string, init: RequestInit): Promise<{ response: Response; text: string }> => {
  try {
    const response = await fetch(url, init);
    return { response, text: await response.text() };
  } catch (cause) {
    throw new DefterUnreachable(`No answer from ${url}`, { cause });
  }
};
