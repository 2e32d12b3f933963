import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../service/metrics.js';

/** Observes every answer in `defter_http_request_seconds`, by the route's pattern, never by the URL. */
export function measureRequests(instance: FastifyInstance, metrics: Metrics): void {
  const histogram = metrics.histogram('defter_http_request_seconds', 'Time from request to answer', [
    'method',
    'route',
    'status_class',
  ]);
  // One labelled child per route and class, kept: looking labels up costs more than observing.
  const children = new Map<string, { observe(seconds: number): void }>();
  instance.addHook('onResponse', (request, reply, done) => {
    const { method } = request;
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    const statusClass = Math.floor(reply.statusCode / 100);
    const key = `${method} ${statusClass} ${route}`;
    let child = children.get(key);
    if (child === undefined) {
      child = histogram.labels({ method, route, status_class: `${statusClass}xx` });
      children.set(key, child);
    }
    child.observe(reply.elapsedTime / 1_000);
    done();
  });
}
