import type { FastifyInstance, FastifyReply } from 'fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Metrics } from '../service/metrics.js';
import type { SettingsFile } from '../settings-file.js';
import { authenticate } from './authenticate.js';
import { allowedMethods } from './allowed-methods.js';
import { acceptBodies, setContentTypeAside } from './body.js';
import { answerBrokenRequest, setStreamAside } from './body-stream.js';
import { allowOrigins, secure } from './headers.js';
import { RawJson, writeJson } from './json-write.js';
import { measureRequests } from './request-metrics.js';
import { ProblemException } from './problem.js';
import { policyOf, type PlatformRequest, type RoutePolicy } from './route.js';
import { PendingTrace, withPendingTrace } from './trace.js';

export interface ServerOptions {
  readonly corsOrigins: readonly string[];
  readonly metrics: Metrics;
  /** Absent when the service has no tenants: then it can have public routes only. */
  readonly settings: SettingsFile | undefined;
}

/** The HTTP server of every service: headers, trace, authentication, then the body. */
export function createAdapter({ corsOrigins, metrics, settings }: ServerOptions): FastifyAdapter {
  const adapter = new FastifyAdapter({
    // Nest's middleware layer; we have no middleware.
    skipMiddie: true,
    exposeHeadRoutes: false,
    requestTimeout: 30_000,
    return503OnClosing: true,
    clientErrorHandler: answerBrokenRequest,
    routerOptions: { maxParamLength: 1_024 },
  });
  const instance = adapter.getInstance() as unknown as FastifyInstance;
  instance.decorateRequest('caller', null);
  instance.decorateRequest('rawBody', null);
  instance.decorateRequest('pendingTrace', null);
  instance.decorateRequest('givenContentType', undefined);
  allowOrigins(instance, corsOrigins);
  measureRequests(instance, metrics);
  denyByDefault(instance, settings);
  admit(instance, settings);
  acceptBodies(instance);
  instance.setReplySerializer((body) => (body instanceof RawJson ? body.text : writeJson(body)));
  return adapter;
}

/**
 * Every route must say who may call it, and a scope needs keys to check against: otherwise the start ends
 * here.
 */
function denyByDefault(instance: FastifyInstance, settings: SettingsFile | undefined): void {
  instance.addHook('onRoute', (route) => {
    const { access } = policyOf(route.config);
    const name = `${String(route.method)} ${route.url}`;
    if (access === undefined) throw new Error(`The route ${name} has neither @Public() nor @Scope()`);
    if ('scope' in access && settings === undefined) {
      throw new Error(`The route ${name} has @Scope() but the configuration has no tenantsFile with keys`);
    }
  });
}

/** One hook for all that comes before the body: each further hook costs every request. */
function admit(instance: FastifyInstance, settings: SettingsFile | undefined): void {
  const methodsOf = allowedMethods(instance);
  instance.addHook('onRequest', (fastifyRequest, reply, done) => {
    const request = fastifyRequest as PlatformRequest;
    const { traceparent } = request.headers;
    request.pendingTrace = new PendingTrace(typeof traceparent === 'string' ? traceparent : undefined);
    secure(reply);
    const policy = policyOf(request.routeOptions.config);
    if (policy.rawBody === true) setContentTypeAside(request);
    if (policy.streamBody === true) setStreamAside(request);
    const go = policy.hot === true ? done : withinTrace(request.pendingTrace, done);
    // Without a policy it is the 404 route; a controller's route without one stopped the start.
    if (policy.access === undefined) refuseOtherMethod(methodsOf(request.url), reply);
    const scope = scopeOf(policy);
    if (scope === undefined || settings === undefined) return go();
    let deciding: Promise<void> | undefined;
    try {
      deciding = authenticate(request, scope, settings);
    } catch (error) {
      return go(error as Error);
    }
    if (deciding === undefined) return go();
    deciding.then(() => go(), go);
  });
}

function scopeOf({ access }: RoutePolicy): string | undefined {
  return access !== undefined && 'scope' in access ? access.scope : undefined;
}

/** @throws ProblemException 405 when the path has routes, though none for this method */
function refuseOtherMethod(methods: readonly string[], reply: FastifyReply): void {
  if (methods.length === 0) return;
  void reply.header('allow', methods.join(', '));
  throw new ProblemException('method-not-allowed', { status: 405, title: 'Method not allowed' });
}

function withinTrace(pending: PendingTrace, done: (error?: Error) => void): (error?: Error) => void {
  return (error) => withPendingTrace(pending, () => done(error));
}
