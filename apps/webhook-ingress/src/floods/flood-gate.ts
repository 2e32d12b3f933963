import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { defaultBodyLimit, ProblemException } from '@defter/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Connection, Connections } from '../connections/connections.read.js';
import { plainHeaders } from '../kept-headers.js';
import { receivingProblems, type ReceivingRefusal } from '../receiving.problems.js';
import { Floods } from './floods.js';
import { type Unfinished, Waits } from './waits.js';

const webhookRoute = '/api/v1/payments/webhook/';
/** What a limited source is told: a provider that is wronged comes again. */
const tooMany: ReceivingRefusal = { code: 'too-many-unsigned', retryAfterS: 5 };
const maxDrainedBytes = 65_536;

interface GuardedRequest extends FastifyRequest {
  unfinished: Unfinished | undefined;
}
interface Address {
  readonly provider?: string;
  readonly connection?: string;
}
/** What the head of a request says. */
interface Head {
  readonly source: string;
  readonly isProvider: boolean;
  readonly connection: Connection | undefined;
  readonly mayBeSigned: boolean;
  readonly bodyBytes: number;
}
type Done = (error?: Error) => void;

/**
 * Looks at a webhook before its body is read. What can be known from the head alone is refused here, and
 * what comes from a limited source waits in the lane; all else goes on at once.
 */
@Injectable()
export class FloodGate {
  constructor(
    host: HttpAdapterHost,
    private readonly connections: Connections,
    private readonly floods: Floods,
    private readonly waits: Waits,
  ) {
    this.guard(host.httpAdapter.getInstance<FastifyInstance>());
  }

  private guard(instance: FastifyInstance): void {
    instance.decorateRequest('unfinished', undefined);
    instance.addHook('onRequest', (request, reply, done) => {
      if (request.routeOptions.url?.startsWith(webhookRoute) !== true) return done();
      const { provider = '', connection: id } = request.params as Address;
      const found = id === undefined ? undefined : this.connections.glance(provider, id);
      const admit = (connection: Connection | undefined): void =>
        this.admit(request as GuardedRequest, reply, { connection, done });
      if (found instanceof Promise) void found.then(admit, done);
      else admit(found);
    });
    const finish = (request: FastifyRequest): void => {
      const { unfinished } = request as GuardedRequest;
      if (unfinished !== undefined) this.waits.end(unfinished);
    };
    instance.addHook('preValidation', (request, _reply, done) => {
      finish(request);
      done();
    });
    instance.addHook('onResponse', (request, _reply, done) => {
      finish(request);
      done();
    });
  }

  private admit(
    request: GuardedRequest,
    reply: FastifyReply,
    { connection, done }: { readonly connection: Connection | undefined; readonly done: Done },
  ): void {
    const head = this.read(request, connection);
    const refuse = (refusal: ReceivingRefusal, unread: boolean): void => {
      // A connection with a large unread body can't be used again; a small one is read and thrown away.
      if (unread) void reply.header('connection', 'close');
      const { code, ...extras } = refusal;
      done(new ProblemException(code, receivingProblems[code], undefined, extras));
    };
    const goOn = (limited: boolean): void => {
      const refusal = refusalByHead(head);
      if (refusal === undefined) return this.readBody(request, head.source, done);
      this.report(request, head, refusal);
      const isUnsigned = refusal.code === 'webhook-signature-invalid';
      refuse(limited && isUnsigned ? tooMany : refusal, !(head.bodyBytes <= maxDrainedBytes));
    };
    if (!this.floods.isLimited(head.source, head.connection)) return goOn(false);
    const waits = this.waits.enterLane(head.connection, head.mayBeSigned, () => goOn(true));
    if (!waits) refuse(tooMany, true);
  }

  private read(request: GuardedRequest, connection: Connection | undefined): Head {
    const { headers } = request;
    const { provider: providerId = '' } = request.params as Address;
    const provider = this.connections.provider(providerId);
    const signatureHeader = provider?.webhook.signatureHeader;
    return {
      source: this.floods.sourceOf(request),
      isProvider: provider !== undefined,
      connection,
      mayBeSigned:
        provider !== undefined && (signatureHeader === undefined || headers[signatureHeader] !== undefined),
      bodyBytes: bytesOf(headers),
    };
  }

  private report({ url, headers }: GuardedRequest, head: Head, refusal: ReceivingRefusal): void {
    const { source, connection } = head;
    if (connection === undefined) return this.floods.unaddressed(source);
    const reason = refusal.code === 'webhook-signature-invalid' ? refusal.reason : 'too_large';
    const request = { path: url, headers: plainHeaders(headers), body: Buffer.alloc(0) };
    this.floods.refused(source, connection, reason, request);
  }

  private readBody(request: GuardedRequest, source: string, done: Done): void {
    const { socket } = request.raw;
    request.unfinished = this.waits.begin(() => {
      this.floods.tooSlow(source);
      // As Node itself says it when a request takes too long.
      const error = Object.assign(new Error('the body did not come'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
      request.server.server.emit('clientError', error, socket);
    });
    done();
  }
}

/** What the head says; infinite for a body in chunks, whose length nobody knows yet. */
function bytesOf(headers: FastifyRequest['headers']): number {
  if (headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY;
  return Number.parseInt(headers['content-length'] ?? '0', 10);
}

/**
 * Why a request can be refused without its body, or undefined. A connection that isn't known yet, and one
 * that only the body names, are looked up later.
 */
function refusalByHead(head: Head): ReceivingRefusal | undefined {
  if (Number.isFinite(head.bodyBytes) && head.bodyBytes > defaultBodyLimit) return { code: 'too-large' };
  if (!head.isProvider) return { code: 'unknown-provider' };
  if (head.mayBeSigned || head.connection?.signatureEnforced !== true) return undefined;
  return { code: 'webhook-signature-invalid', reason: 'signature_missing' };
}
