import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../service/logger.js';
import { writeJson } from './json-write.js';
import { Fault, ProblemException, type ProblemBody, type ProblemShape } from './problem.js';
import type { PlatformRequest } from './route.js';
import { PendingTrace } from './trace.js';

/** An answer as it goes out: the status, and the body's text (a stored answer must repeat to the byte). */
export interface RenderedProblem {
  readonly status: number;
  readonly text: string;
}

/** The one place where an error becomes an answer (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly shape: ProblemShape = (problem) => problem,
    private readonly mediaType = 'application/problem+json',
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const request = http.getRequest<FastifyRequest>();
    // The answer has begun (a stream broke): only cutting the connection tells the caller.
    if (reply.sent) return void reply.raw.destroy();
    const retryAfterS = retryAfterOf(error);
    if (retryAfterS !== undefined) void reply.header('retry-after', String(retryAfterS));
    if (error instanceof ProblemException && error.problem.status === 401)
      void reply.header('www-authenticate', 'Bearer');
    const { status, text } = this.render(error, request);
    void reply.code(status).header('content-type', this.mediaType).send(text);
  }

  /** The problem as it would be sent; 5xx are logged here, because the caller learns nothing but an id. */
  render(error: unknown, request: FastifyRequest): RenderedProblem {
    const { traceId } = ((request as PlatformRequest).pendingTrace ??= new PendingTrace(undefined)).trace;
    const problem = describe(error, traceId);
    if (problem.status >= 500) {
      const route = `${request.method} ${request.routeOptions.url ?? 'unknown'}`;
      const fields = { traceId, code: problem.code, route, error };
      if (error instanceof Fault) this.logger.warn('A request met a fault', fields);
      else this.logger.error('A request met a bug', fields);
    }
    return { status: problem.status, text: writeJson(this.shape(problem, request)) };
  }
}

/** When to come again: a fault says it, and a refusal that has a member of that name. */
function retryAfterOf(error: unknown): number | undefined {
  if (error instanceof Fault) return error.retryAfterS;
  if (!(error instanceof ProblemException)) return undefined;
  const { retryAfterS } = error.extras;
  return typeof retryAfterS === 'number' ? retryAfterS : undefined;
}

function describe(error: unknown, traceId: string): ProblemBody {
  if (error instanceof ProblemException) {
    const { code, problem, detail, extras } = error;
    return { ...standard({ code, ...problem, traceId }, detail), ...withoutReserved(extras) };
  }
  if (error instanceof Fault) {
    return standard({ code: error.code, status: 503, title: 'Temporarily unavailable', traceId });
  }
  if (error instanceof HttpException && error.getStatus() < 500) return fromFramework(error, traceId);
  return standard({ code: 'internal', status: 500, title: 'Internal error', traceId });
}

/** Nest's and Fastify's own refusals; their texts stay inside, their status is what the caller needs. */
function fromFramework(error: HttpException, traceId: string): ProblemBody {
  const status = error.getStatus();
  const [code, title] = frameworkProblems[status] ?? ['malformed', 'Malformed request'];
  return standard({ code, status, title, traceId });
}

const frameworkProblems: Readonly<Record<number, readonly [code: string, title: string]>> = {
  401: ['unauthenticated', 'Not authenticated'],
  403: ['forbidden', 'Not allowed'],
  404: ['not-found', 'Not found'],
  405: ['method-not-allowed', 'Method not allowed'],
  413: ['too-large', 'The body is too large'],
  414: ['too-large', 'The URL is too long'],
  415: ['unsupported-media-type', 'Unsupported media type'],
};

function standard(
  { code, status, title, traceId }: Pick<ProblemBody, 'title' | 'status' | 'code' | 'traceId'>,
  detail?: string,
): ProblemBody {
  return {
    type: `urn:defter:problem:${code}`,
    title,
    status,
    ...(detail !== undefined && { detail }),
    code,
    traceId,
  };
}

/** A refusal's own field never overwrites a member that every client relies on. */
function withoutReserved(extras: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(extras).filter(([name]) => !reserved.has(name)));
}

const reserved = new Set(['type', 'title', 'status', 'detail', 'code', 'traceId']);
