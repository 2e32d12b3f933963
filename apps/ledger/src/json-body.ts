import type { IncomingMessage } from 'node:http';
import { JsonError, malformed, parseJson } from '@defter/platform';

/** A filter has to fit into a cursor, and a cursor into a line of HTTP. */
const MAX_BYTES = 4096;

/**
 * The JSON body of a GET or HEAD, which the server leaves unread; undefined when there is none.
 * @throws ProblemException `malformed`
 */
export const readJsonBody = async (raw: IncomingMessage): Promise<unknown> => {
  const { 'transfer-encoding': encoding, 'content-length': length = '0' } = raw.headers;
  if (encoding === undefined && length === '0') return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of raw as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw malformed([{ loc: ['body'], msg: TOO_LONG, type: 'filter' }]);
    chunks.push(chunk);
  }
  return size === 0 ? undefined : parsed(Buffer.concat(chunks), 'body');
};

const TOO_LONG = `A filter has at most ${MAX_BYTES} bytes`;

/** The filter that stands as JSON in the query. @throws ProblemException `malformed` */
export const readJsonQuery = (text: string): unknown => {
  if (Buffer.byteLength(text) > MAX_BYTES)
    throw malformed([{ loc: ['query', 'query'], msg: TOO_LONG, type: 'filter' }]);
  return parsed(text, 'query');
};

const parsed = (document: Buffer | string, where: 'body' | 'query'): unknown => {
  try {
    return parseJson(document);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    const loc = where === 'body' ? ['body'] : ['query', 'query'];
    throw malformed([{ loc, msg: error.message, type: 'json' }]);
  }
};
