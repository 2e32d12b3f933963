import type { FastifyInstance, FastifyRequest } from 'fastify';
import { acceptStreams } from './body-stream.js';
import { JsonError, parseJson } from './json-read.js';
import { malformed, ProblemException } from './problem.js';
import { policyOf, type PlatformRequest } from './route.js';

/** 1 MiB: enough for a bulk of a thousand, small enough that nobody fills the memory with one request. */
export const defaultBodyLimit = 1_048_576;

type Done = (error: Error | null, body?: unknown) => void;

/**
 * One parser for every content type: what a body may be is decided by the route, not by what the caller
 * claims.
 */
export function acceptBodies(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  acceptStreams(instance);
  instance.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: defaultBodyLimit }, parseBody);
  instance.addHook('onRoute', (route) => {
    const { bodyLimit } = policyOf(route.config);
    if (bodyLimit !== undefined) route.bodyLimit = bodyLimit;
  });
}

/**
 * Fastify refuses a content type it cannot read before any parser runs; a provider's webhook may well send
 * one. So for a raw route the header is set aside until the bytes are there.
 */
export function setContentTypeAside(request: PlatformRequest): void {
  request.givenContentType = request.headers['content-type'];
  if (request.givenContentType !== undefined) request.headers['content-type'] = 'application/octet-stream';
}

function parseBody(fastifyRequest: FastifyRequest, bytes: Buffer, done: Done): void {
  const request = fastifyRequest as PlatformRequest;
  // Nobody reads the body of a route that doesn't exist; the answer is 404 whatever it holds.
  if (request.is404) return done(null, undefined);
  if (policyOf(request.routeOptions.config).rawBody === true) {
    if (request.givenContentType !== undefined) request.headers['content-type'] = request.givenContentType;
    request.rawBody = bytes;
    return done(null, undefined);
  }
  try {
    done(null, readJson(request, bytes));
  } catch (error) {
    done(error as Error);
  }
}

function readJson(request: PlatformRequest, bytes: Buffer): unknown {
  // Many clients name a content type on requests without a body: that is no body, not a broken one.
  if (bytes.length === 0) return undefined;
  const { 'content-type': contentType = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (!isJson(contentType)) throw unsupported('The body must be application/json in UTF-8');
  if (encoding !== 'identity') throw unsupported('The body must not be compressed');
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof JsonError) throw malformed([{ loc: ['body'], msg: error.message, type: 'json' }]);
    throw error;
  }
}

function isJson(contentType: string): boolean {
  // The exact form nearly every caller sends needs no regular expression.
  return (
    contentType === 'application/json' ||
    /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(contentType)
  );
}

function unsupported(detail: string): ProblemException {
  return new ProblemException(
    'unsupported-media-type',
    { status: 415, title: 'Unsupported media type' },
    detail,
  );
}
