import type { IncomingMessage } from 'node:http';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type Caller, malformed } from '@defter/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { prepareAnswer } from './amounts-as-text.js';
import type { Outcome } from './engine/submission.js';
import { readJsonBody } from './json-body.js';

const MAX_KEY_LENGTH = 256;
const KEY = /^[^\u0000-\u001f\u007f]+$/;

/** The idempotency key of a request; undefined when there is none. @throws ProblemException `malformed` */
export const toKey = (text: string | undefined, loc: readonly (string | number)[]): string | undefined => {
  if (text === undefined) return undefined;
  if (text.length > MAX_KEY_LENGTH || !KEY.test(text)) {
    const msg = `must be 1 to ${MAX_KEY_LENGTH} characters without control characters`;
    throw malformed([{ loc, msg, type: 'key' }]);
  }
  return text;
};

type Query = Readonly<Record<string, string>>;

/** What every route of a ledger is told: who calls, which ledger, the rest of the path, and the query. */
export class LedgerRequest {
  constructor(
    readonly caller: Caller,
    readonly params: Readonly<Record<string, string>>,
    private readonly given: Readonly<Record<string, unknown>>,
    private readonly transport: {
      readonly key: string | undefined;
      readonly raw: IncomingMessage;
      readonly reply: FastifyReply;
    },
  ) {}

  /** The ledger that the path names, within the caller's tenant. */
  get address(): { readonly tenantId: string; readonly ledger: string } {
    return { tenantId: this.caller.tenantId, ledger: this.params['ledger'] ?? '' };
  }

  /**
   * The query. A parameter that a route doesn't know is refused: ignored, it would give the answer to another
   * question.
   * @throws ProblemException `malformed`
   */
  query(...known: readonly string[]): Query {
    for (const [name, value] of Object.entries(this.given)) {
      if (known.includes(name) && typeof value === 'string') continue;
      const allowed = known.length === 0 ? 'none' : known.join(', ');
      const msg = known.includes(name) ? 'must be given once' : `is not known here; known are ${allowed}`;
      throw malformed([{ loc: ['query', name], msg, type: 'query' }]);
    }
    return this.given as Query;
  }

  /** As `query`, with parameters that may be given several times. @throws ProblemException `malformed` */
  values(...known: readonly string[]): Readonly<Record<string, readonly string[]>> {
    const several = Object.entries(this.given).map(([name, value]) => {
      const texts = Array.isArray(value) ? (value as unknown[]) : [value];
      if (known.includes(name) && texts.every((text) => typeof text === 'string')) return [name, texts];
      const msg = `is not known here; known are ${known.join(', ')}`;
      throw malformed([{ loc: ['query', name], msg, type: 'query' }]);
    });
    return Object.fromEntries(several) as Record<string, readonly string[]>;
  }

  /** The JSON body of a GET or HEAD; undefined when there is none. @throws ProblemException `malformed` */
  body(): Promise<unknown> {
    return readJsonBody(this.transport.raw);
  }

  /** Sets a header of the answer. */
  header(name: string, value: string): void {
    void this.transport.reply.header(name, value);
  }

  /** `true` or `false` and nothing else: a dry run that moves money by a misspelling is not to be had. */
  flag(name: string): boolean {
    const value = this.given[name];
    if (value === undefined || value === 'false') return false;
    if (value === 'true') return true;
    throw malformed([{ loc: ['query', name], msg: 'must be true or false', type: 'boolean' }]);
  }

  /** The header `Idempotency-Key`. @throws ProblemException `malformed` */
  get key(): string | undefined {
    return toKey(this.transport.key, ['header', 'idempotency-key']);
  }

  /**
   * Tells the caller what later reads can refer to, and whether this is a repeated answer. A dry run leaves
   * nothing to refer to.
   */
  mark(outcome: Outcome, dryRun = false): void {
    const { reply } = this.transport;
    if (outcome.hit) void reply.header('idempotency-hit', 'true');
    if (outcome.accepted && !dryRun) void reply.header('defter-sequence', String(outcome.record.sequence));
  }

  /** Sets the status of an answer that isn't the route's usual one. */
  status(code: number): void {
    void this.transport.reply.code(code);
  }
}

/** No name holds a NUL, and PostgreSQL can't even be asked for one. */
const refuseNul = (params: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(params)) {
    if (!value.includes('\0')) continue;
    throw malformed([{ loc: ['path', name], msg: 'must be without NUL', type: 'text' }]);
  }
};

/** The request of a ledger's route. */
export const Request = createParamDecorator((_: unknown, context: ExecutionContext): LedgerRequest => {
  const http = context.switchToHttp();
  const { caller, params, query, headers, raw } = http.getRequest<FastifyRequest & { caller: Caller }>();
  refuseNul(params as Record<string, string>);
  const key = headers['idempotency-key'];
  const reply = http.getResponse<FastifyReply>();
  prepareAnswer(headers, reply);
  const transport = { key: Array.isArray(key) ? key.join() : key, raw, reply };
  return new LedgerRequest(
    caller,
    params as Record<string, string>,
    query as Record<string, unknown>,
    transport,
  );
});
