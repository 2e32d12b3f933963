import type { Socket } from 'node:net';
import { type Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { malformed, ProblemException } from './problem.js';
import { policyOf, type PlatformRequest } from './route.js';

/** What the request of a streaming route is taken for, whatever it says: its parser hands the stream on. */
const STREAM_TYPE = 'application/vnd.defter.stream';

/**
 * Connections whose request may take longer than the limit for others: a stream comes as long as it takes.
 */
const streaming = new WeakSet<Socket>();

/** Lets the routes with `@BodyStream()` have their body as it comes. */
export function acceptStreams(instance: FastifyInstance): void {
  instance.addContentTypeParser(STREAM_TYPE, (request, stream, done) => {
    const { streamBody } = policyOf(request.routeOptions.config);
    if (streamBody === true) return done(null, pieces(stream));
    const problem = { status: 415, title: 'Unsupported media type' };
    done(new ProblemException('unsupported-media-type', problem, 'The body must be application/json'));
  });
}

/** Before the body of a streaming route is read. */
export function setStreamAside(request: PlatformRequest): void {
  request.headers['content-type'] = STREAM_TYPE;
  streaming.add(request.raw.socket);
}

type BrokenRequest = Error & { readonly code?: string };

const STATUS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/**
 * Answers what is no HTTP or takes too long to come, and ends its connection. Node's limit for a whole
 * request is one for all: a stream is let off it.
 */
export function answerBrokenRequest(error: BrokenRequest, socket: Socket): void {
  const { code = '' } = error;
  if (socket.destroyed || (code === 'ERR_HTTP_REQUEST_TIMEOUT' && streaming.has(socket))) return;
  const status = STATUS[code] ?? '400 Bad Request';
  if (socket.writable) socket.write(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  socket.destroy(error);
}

/**
 * The pieces of a stream. Whoever stops early gets to answer: the rest is read and thrown away, where
 * destroying the stream would cut the connection.
 */
async function* pieces(stream: Readable): AsyncGenerator<Buffer> {
  try {
    yield* stream.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Buffer>;
  } catch {
    throw malformed([{ loc: ['body'], msg: 'broke off', type: 'stream' }]);
  } finally {
    streaming.delete((stream as Readable & { socket: Socket }).socket);
    stream.resume();
  }
}
