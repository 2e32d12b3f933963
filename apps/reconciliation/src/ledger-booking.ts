import { fileURLToPath } from 'node:url';
import { Inject, Injectable } from '@nestjs/common';
import {
  type Client,
  credentials,
  makeClientConstructor,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import {
  type CreateTransactionRequest,
  LEDGER_PROTO,
  type RevertReply,
  type RevertRequest,
  type TransactionReply,
} from '@defter/ledger-contracts';
import { CONFIG, Lifecycle } from '@defter/platform';
import type { Config } from './config.js';

/** A transaction, or the reversal of one. */
export type BookingRequest =
  | { readonly method: 'CreateTransaction'; readonly body: CreateTransactionRequest }
  | { readonly method: 'Revert'; readonly body: RevertRequest };

/**
 * What the ledger said. A refusal is for ever: its key never moves money later. `unknown`: it may have booked
 * or not; the same request with the same key tells.
 */
export type BookingAnswer =
  /** `sequence`: the ledger's number of the event; null where that isn't known. */
  | { readonly outcome: 'booked'; readonly transactionId: string; readonly sequence: string | null }
  | { readonly outcome: 'refused'; readonly code: string; readonly detail: string }
  | { readonly outcome: 'unknown'; readonly because: string };

/** The request as it is can never be booked. Everything else says nothing about it. */
const REFUSED: readonly status[] = [
  ...[status.FAILED_PRECONDITION, status.INVALID_ARGUMENT, status.NOT_FOUND, status.ALREADY_EXISTS],
];
/** Says nothing about the booking: its ledger is missing. */
const NO_OUTCOME = 'ledger-not-found';
/** The key stands for another request: this one was never booked, and never will be. */
export const KEY_CONFLICT = 'idempotency-key-conflict';

/** Books in the ledger over gRPC. Whoever asks has written down before that they do. */
@Injectable()
export class LedgerBooking {
  private readonly client: Client;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    lifecycle: Lifecycle,
  ) {
    const service = ledgerService();
    this.client = new service(config.ledgerGrpcUrl, credentials.createInsecure(), {
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 3_000,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1_000,
    });
    lifecycle.register({
      name: 'ledger-booking',
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(this.client.close()),
    });
  }

  /** One question, one answer; never throws for what the ledger says or doesn't. */
  async ask(tenantId: string, { method, body }: BookingRequest): Promise<BookingAnswer> {
    const { error, reply } = await this.call(tenantId, method, body);
    if (reply !== undefined)
      return { outcome: 'booked', transactionId: reply.transactionId, sequence: reply.sequence };
    return error === undefined ? { outcome: 'unknown', because: 'no answer' } : saidBy(error);
  }

  private call(tenantId: string, method: BookingRequest['method'], body: BookingRequest['body']) {
    const call: unknown = Reflect.get(this.client, method);
    if (typeof call !== 'function') throw new Error(`The ledger contract has no ${method}`);
    const ask = call.bind(this.client) as UnaryCall;
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${this.config.serviceToken}`);
    metadata.set('defter-tenant', tenantId);
    const deadline = Date.now() + this.config.serviceTimeoutMs;
    return new Promise<{ error?: ServiceError; reply?: Reply | undefined }>((resolve) => {
      ask(body, metadata, { deadline }, (error, reply) => resolve(error === null ? { reply } : { error }));
    });
  }
}

/** What an error says about the booking; an error without one of our codes says nothing. */
function saidBy({ code: grpcStatus, details: detail, metadata }: ServiceError): BookingAnswer {
  const code = metadata.get('defter-code')[0]?.toString() ?? '';
  const isWord = code !== '' && code !== NO_OUTCOME;
  if (isWord && REFUSED.includes(grpcStatus)) return { outcome: 'refused', code, detail };
  return { outcome: 'unknown', because: `${code} ${detail}`.trim() };
}

type Reply = TransactionReply | RevertReply;

type UnaryCall = (
  request: BookingRequest['body'],
  metadata: Metadata,
  options: { readonly deadline: number },
  callback: (error: ServiceError | null, reply?: Reply) => void,
) => void;

const ledgerService = () => {
  const { directory, file, package: name, service } = LEDGER_PROTO;
  const options = { includeDirs: [fileURLToPath(directory)], longs: String, defaults: true };
  const definition = loadSync(file, options)[`${name}.${service}`];
  if (definition === undefined || 'format' in definition) throw new Error('The contract has no service');
  return makeClientConstructor(definition, service);
};
