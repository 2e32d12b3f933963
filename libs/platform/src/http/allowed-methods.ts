import type { FastifyInstance } from 'fastify';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Tells, for a path that has no route for the request's method, which methods it has: 405 is another mistake
 * than 404. Asked only for requests that failed, so it may look at every route.
 */
export function allowedMethods(instance: FastifyInstance): (url: string) => readonly string[] {
  const routes: { readonly path: RegExp; readonly methods: readonly string[] }[] = [];
  instance.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return;
    routes.push({ path: patternOf(url), methods: Array.isArray(method) ? method : [method] });
  });
  return (url) => {
    const [path = ''] = url.split('?');
    const found = new Set(routes.filter((route) => route.path.test(path)).flatMap(({ methods }) => methods));
    return METHODS.filter((method) => found.has(method));
  };
}

/** `/v2/:ledger/_bulk` as an expression; a parameter is one segment. */
function patternOf(url: string): RegExp {
  const segments = url.split('/').map((segment) => (segment.startsWith(':') ? '[^/]+' : escape(segment)));
  return new RegExp(`^${segments.join('/')}/?$`);
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
