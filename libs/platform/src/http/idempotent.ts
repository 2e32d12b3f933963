import { createHash } from 'node:crypto';
import { applyDecorators, Injectable, UseInterceptors } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { holdsCardNumber } from '@defter/kernel';
import type { FastifyReply } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Database } from '../postgres/database.js';
import type { Transaction } from '../postgres/transaction.js';
import { canonicalJson } from './canonical-json.js';
import { storeAnswer, takeKey, type KeyedRequest, type StoredAnswer } from './idempotency-store.js';
import { RawJson, writeJson } from './json-write.js';
import { Fault, malformed, ProblemException } from './problem.js';
import { ProblemFilter } from './problem-filter.js';
import type { PlatformRequest } from './route.js';

const keyPattern = /^[\x21-\x7e]{1,255}$/;
const inProgress = { status: 409, title: 'A request with this key is still under way' };
const reused = { status: 422, title: 'Idempotency key was used for another request' };

/**
 * One transaction around the handler, in which every `Database` call of it joins; the key and the answer
 * commit with the effect. A refusal by `respond` is stored too, and its writes are undone; one that binds no
 * key (`isPassing`, or of the person: 403), and any other error, stores nothing. The answer is only sent
 * after the commit.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly database: Database,
    private readonly filter: ProblemFilter,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return from(this.answer(context, next));
  }

  private async answer(context: ExecutionContext, next: CallHandler): Promise<RawJson> {
    const http = context.switchToHttp();
    const request = http.getRequest<PlatformRequest>();
    const reply = http.getResponse<FastifyReply>();
    const keyed = keyedRequest(request);
    const { answer, repeated } = await this.database.transaction(async (tx) => {
      const taken = await takeKey(tx, keyed).catch(stillUnderWay);
      if (taken === 'other-request') throw new ProblemException('idempotency_key_reused', reused);
      if (taken !== 'first') return { answer: taken, repeated: true };
      // A key that is stored already goes on answering; a new one is stored for ever, and may be none.
      expectNoCardInKey(keyed);
      const first = await this.firstAnswer(tx, request, reply.statusCode, next);
      await storeAnswer(tx, keyed, first);
      return { answer: first, repeated: false };
    });
    if (repeated) void reply.header('idempotency-hit', 'true');
    const type = answer.status < 400 ? 'application/json; charset=utf-8' : 'application/problem+json';
    void reply.code(answer.status).header('content-type', type);
    return new RawJson(answer.text);
  }

  private async firstAnswer(
    tx: Transaction,
    request: PlatformRequest,
    status: number,
    next: CallHandler,
  ): Promise<StoredAnswer> {
    try {
      const view: unknown = await tx.savepoint(() => lastValueFrom(next.handle()));
      return { status, text: textOf(view) };
    } catch (error) {
      if (error instanceof ProblemException && error.refusal) return this.filter.render(error, request);
      throw error;
    }
  }
}

/**
 * The header Idempotency-Key is required; the same key gives the same effect once and the same answer for
 * ever.
 */
export const Idempotent = (): MethodDecorator => applyDecorators(UseInterceptors(IdempotencyInterceptor));

/** Waiting for the key's holder took longer than locks may; nothing was changed, the caller asks again. */
function stillUnderWay(error: unknown): never {
  if (!(error instanceof Fault) || error.code !== 'database-busy') throw error;
  throw new ProblemException('idempotency_in_progress', inProgress);
}

function textOf(view: unknown): string {
  if (view === undefined) return '';
  return view instanceof RawJson ? view.text : writeJson(view);
}

/**
 * For a key that isn't known yet, where it is about to be stored: known ones go on answering.
 * @throws ProblemException `malformed`
 */
export function expectNoCardInKey({ key }: { readonly key: string }): void {
  if (!holdsCardNumber(key)) return;
  const msg =
    'must hold no card number: take another key, or put a letter directly before the digits if they are none';
  throw malformed([{ loc: ['header', 'idempotency-key'], msg, type: 'card-number' }]);
}

function keyedRequest(request: PlatformRequest): KeyedRequest {
  if (request.caller === null)
    throw new Error('@Idempotent() needs a route with @Scope(): keys belong to a tenant');
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || !keyPattern.test(key)) {
    const msg = 'Idempotency-Key is required: 1 to 255 printable ASCII characters without spaces';
    throw malformed([{ loc: ['header', 'idempotency-key'], msg, type: 'idempotency-key' }]);
  }
  const body = request.body === undefined ? '' : canonicalJson(request.body);
  const asked = `${request.method} ${request.url}\n${body}`;
  return { tenantId: request.caller.tenantId, key, fingerprint: createHash('sha256').update(asked).digest() };
}
