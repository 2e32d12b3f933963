import type { FastifyInstance, FastifyReply } from 'fastify';

/**
 * Strict for an API that serves data: nothing may frame it, sniff it, store it, embed it or run in its
 * name.
 */
const securityHeaders = Object.entries({
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
});
const allowedMethods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const allowedHeaders = 'authorization, content-type, idempotency-key, defter-tenant, traceparent';
const exposedHeaders = 'idempotency-hit, retry-after, defter-sequence, count';

/** Puts the security headers on an answer. */
export function secure(reply: FastifyReply): void {
  for (const [name, value] of securityHeaders) void reply.header(name, value);
}

/** CORS headers for the listed origins, none at all for others. */
export function allowOrigins(instance: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  instance.addHook('onRequest', (request, reply, done) => {
    void reply.header('vary', 'origin');
    const { origin } = request.headers;
    if (origin === undefined || !allowed.has(origin)) return done();
    void reply.headers({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': exposedHeaders,
    });
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined)
      return done();
    secure(reply);
    void reply
      .headers({
        'access-control-allow-methods': allowedMethods,
        'access-control-allow-headers': allowedHeaders,
        'access-control-max-age': '600',
      })
      .code(204)
      .send();
  });
}
