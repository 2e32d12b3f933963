import type { FastifyInstance } from 'fastify';

/** Strict for an API that serves data: nothing may frame it, sniff it, store it or run in its name. */
const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};
const allowedMethods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const allowedHeaders = 'authorization, content-type, idempotency-key, defter-tenant, traceparent';
const exposedHeaders = 'idempotency-hit, retry-after, defter-sequence, count';

/** Security headers on every answer; CORS headers for the listed origins only, none at all for others. */
export function addHeaders(instance: FastifyInstance, origins: readonly string[]): void {
  const allowed = new Set(origins);
  instance.addHook('onRequest', (request, reply, done) => {
    reply.headers(securityHeaders);
    const { origin } = request.headers;
    if (allowed.size === 0 || origin === undefined) return done();
    void reply.header('vary', 'origin');
    if (!allowed.has(origin)) return done();
    void reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': exposedHeaders });
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return done();
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
