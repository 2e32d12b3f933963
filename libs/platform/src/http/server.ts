import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Metrics } from '../service/metrics.js';
import type { SettingsFile } from '../settings-file.js';
import { authenticate } from './authenticate.js';
import { acceptBodies, setContentTypeAside } from './body.js';
import { addHeaders } from './headers.js';
import { RawJson, writeJson } from './json-write.js';
import { measureRequests } from './request-metrics.js';
import { policyOf, type PlatformRequest } from './route.js';
import { withTrace } from './trace.js';

export interface ServerOptions {
  readonly corsOrigins: readonly string[];
  readonly metrics: Metrics;
  /** Absent when the service has no tenants: then it can have public routes only. */
  readonly settings: SettingsFile | undefined;
}

/** The HTTP server of every service: hooks in the order trace, headers, metrics, authentication, body. */
export function createAdapter(options: ServerOptions): FastifyAdapter {
  const adapter = new FastifyAdapter({
    exposeHeadRoutes: false,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    return503OnClosing: true,
    routerOptions: { maxParamLength: 1_024 },
  });
  const instance = adapter.getInstance() as unknown as FastifyInstance;
  instance.decorateRequest('caller', null);
  instance.decorateRequest('rawBody', null);
  instance.decorateRequest('givenContentType', undefined);
  instance.addHook('onRequest', (request, _reply, done) => withTrace(traceparentOf(request), done));
  addHeaders(instance, options.corsOrigins);
  measureRequests(instance, options.metrics);
  denyByDefault(instance, options.settings);
  acceptBodies(instance);
  instance.setReplySerializer((body) => (body instanceof RawJson ? body.text : writeJson(body)));
  return adapter;
}

/** Every route must say who may call it, and a scope needs keys to check against: otherwise the start ends here. */
function denyByDefault(instance: FastifyInstance, settings: SettingsFile | undefined): void {
  instance.addHook('onRoute', (route) => {
    const { access } = policyOf(route.config);
    const name = `${String(route.method)} ${route.url}`;
    if (access === undefined) throw new Error(`The route ${name} has neither @Public() nor @Scope()`);
    if ('scope' in access && settings === undefined) {
      throw new Error(`The route ${name} has @Scope() but the configuration has no tenantsFile with keys`);
    }
  });
  instance.addHook('onRequest', (request: FastifyRequest, _reply: FastifyReply, done) => {
    const platformRequest = request as PlatformRequest;
    setContentTypeAside(platformRequest);
    if (settings === undefined) return done();
    let deciding: Promise<void> | undefined;
    try {
      deciding = authenticate(platformRequest, settings);
    } catch (error) {
      return done(error as Error);
    }
    if (deciding === undefined) return done();
    deciding.then(() => done(), done);
  });
}

function traceparentOf(request: FastifyRequest): string | undefined {
  const { traceparent } = request.headers;
  return typeof traceparent === 'string' ? traceparent : undefined;
}
