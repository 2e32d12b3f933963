import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { PendingTrace } from './trace.js';

/** Who calls: the tenant whose data the request may touch, and the key that said so. */
export interface Caller {
  readonly tenantId: string;
  readonly keyId: string;
  readonly actor: string;
  readonly kind: 'person' | 'machine' | 'service';
  readonly scopes: readonly string[];
  readonly sourceIp: string;
}

/**
 * What the decorators below say about a route; Fastify hands it to the hooks as
 * `routeOptions.config.defter`.
 */
export interface RoutePolicy {
  readonly access?: { readonly public: true } | { readonly scope: string };
  readonly rawBody?: boolean;
  readonly streamBody?: boolean;
  readonly bodyLimit?: number;
  readonly hot?: boolean;
}

/** The request as the platform's hooks leave it. */
export interface PlatformRequest extends FastifyRequest {
  caller: Caller | null;
  rawBody: Buffer | null;
  givenContentType: string | undefined;
  pendingTrace: PendingTrace | null;
}

/** The metadata key under which Nest's Fastify adapter passes a handler's route config on. */
const routeConfigKey = '__fastify_route_config__';

/** Anyone may call this route. */
export const Public = (): MethodDecorator => policy({ access: { public: true } });

/** Callers need a key with this scope. */
export const Scope = (scope: string): MethodDecorator => policy({ access: { scope } });

/** This route's bodies may have up to `bytes` rather than 1 MiB. */
export const BodyLimit = (bytes: number): MethodDecorator => policy({ bodyLimit: bytes });

/**
 * For a route that counts its microseconds: its handler runs without ambient trace (`currentTrace()` is
 * undefined, its log lines carry no trace id), because Node then follows no promise of it. Problem bodies
 * still carry their trace id.
 */
export const HotPath = (): MethodDecorator => policy({ hot: true });

/** The caller of a route with `@Scope`. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<PlatformRequest>();
  if (caller === null) throw new Error('@Caller() stands on a public route');
  return caller;
});

const rawBodyOf = createParamDecorator(
  (_: unknown, context: ExecutionContext) =>
    context.switchToHttp().getRequest<PlatformRequest>().rawBody ?? Buffer.alloc(0),
);

/** The exact bytes of the body, whatever its content type; the route's body is then not parsed at all. */
export const RawBody = (): ParameterDecorator => (target, method, index) => {
  if (method === undefined) throw new Error('@RawBody() stands on a parameter of a route');
  rawBodyOf()(target, method, index);
  amend((target as Record<string | symbol, object>)[method] ?? {}, { rawBody: true });
};

const bodyStreamOf = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<PlatformRequest>().body ?? [],
);

/** The body in pieces as it comes, of any length and content type; what isn't read is thrown away. */
export const BodyStream = (): ParameterDecorator => (target, method, index) => {
  if (method === undefined) throw new Error('@BodyStream() stands on a parameter of a route');
  bodyStreamOf()(target, method, index);
  amend((target as Record<string | symbol, object>)[method] ?? {}, { streamBody: true });
};

/** The `traceparent` to send on with what a request causes, also from a route that is `@HotPath()`. */
export function traceparentOf(request: FastifyRequest): string | undefined {
  return (request as PlatformRequest).pendingTrace?.trace.traceparent;
}

/** What the route of this request says about itself. */
export function policyOf(config: object | undefined): RoutePolicy {
  return (config as { readonly defter?: RoutePolicy } | undefined)?.defter ?? noPolicy;
}

/** What the decorators say about a controller's method, without a running server. */
export function handlerPolicy(handler: object): RoutePolicy {
  return policyOf(Reflect.getMetadata(routeConfigKey, handler) as object | undefined);
}

const noPolicy: RoutePolicy = {};

function policy(part: RoutePolicy): MethodDecorator {
  return (_target, _method, descriptor) => amend(descriptor.value as object, part);
}

function amend(handler: object, part: RoutePolicy): void {
  const config = (Reflect.getMetadata(routeConfigKey, handler) ?? {}) as { readonly defter?: RoutePolicy };
  Reflect.defineMetadata(routeConfigKey, { ...config, defter: { ...config.defter, ...part } }, handler);
}
