import { fileURLToPath } from 'node:url';
import { Inject, Injectable } from '@nestjs/common';
import {
  Client,
  credentials,
  makeClientConstructor,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { type CreateTransactionRequest, LEDGER_PROTO, type TransactionReply } from '@defter/ledger-contracts';
import type { Tenant } from '@defter/backoffice-contracts';
import { CONFIG, Fault, Lifecycle } from '@defter/platform';
import type { PaymentsConfig } from './config.js';
import { LedgerOpening } from './ledger-opening.js';

/** What the ledger says to a hold. A refusal is sticky: the same key never places it later. */
export type HoldAnswer = { readonly placed: true } | { readonly placed: false; readonly code: string };

const ATTEMPTS = 3;
/** The ledger may or may not have done it: the same key is asked again. */
const UNCLEAR: readonly status[] = [
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
  status.UNKNOWN,
  status.INTERNAL,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
];
/** The command can never hold as it is. */
const REFUSED: readonly status[] = [status.FAILED_PRECONDITION, status.INVALID_ARGUMENT];

/** The ledger over gRPC, for what payments has to know before it answers. */
@Injectable()
export class LedgerClient {
  private readonly client: Client;
  private readonly createTransaction: UnaryCall;

  constructor(
    @Inject(CONFIG) private readonly config: PaymentsConfig,
    private readonly opening: LedgerOpening,
    lifecycle: Lifecycle,
  ) {
    const service = ledgerService();
    this.client = new service(config.ledgerGrpcUrl, credentials.createInsecure(), {
      'grpc.keepalive_time_ms': 10_000,
      'grpc.keepalive_timeout_ms': 3_000,
      'grpc.initial_reconnect_backoff_ms': 100,
      'grpc.max_reconnect_backoff_ms': 1_000,
    });
    const call: unknown = Reflect.get(this.client, 'CreateTransaction');
    if (typeof call !== 'function') throw new Error('The ledger contract has no CreateTransaction');
    this.createTransaction = call.bind(this.client) as UnaryCall;
    lifecycle.register({
      name: 'ledger-client',
      start: () => Promise.resolve(),
      stop: () => Promise.resolve(this.client.close()),
    });
  }

  /**
   * Reserves funds. The request's key makes it safe to ask again, now or after a crash.
   * @throws Fault `ledger-away` when it is not known whether the hold exists
   */
  async hold(tenant: Tenant, request: CreateTransactionRequest): Promise<HoldAnswer> {
    await this.opening.ensure(tenant);
    for (let attempt = 1; ; attempt++) {
      const error = await this.ask(tenant.id, request);
      if (error === undefined) return { placed: true };
      if (REFUSED.includes(error.code)) return { placed: false, code: codeOf(error) };
      if (!UNCLEAR.includes(error.code)) throw new Error(`The ledger refused to talk: ${error.message}`);
      if (attempt === ATTEMPTS)
        throw new Fault('ledger-away', `No clear answer: ${error.message}`, 1, { cause: error });
    }
  }

  private ask(tenantId: string, request: CreateTransactionRequest): Promise<ServiceError | undefined> {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${this.config.serviceToken}`);
    metadata.set('defter-tenant', tenantId);
    const deadline = Date.now() + this.config.ledgerTimeoutMs;
    return new Promise((resolve) => {
      this.createTransaction(request, metadata, { deadline }, (error) => resolve(error ?? undefined));
    });
  }
}

type UnaryCall = (
  request: CreateTransactionRequest,
  metadata: Metadata,
  options: { readonly deadline: number },
  callback: (error: ServiceError | null, reply?: TransactionReply) => void,
) => void;

const codeOf = (error: ServiceError): string =>
  error.metadata.get('defter-code')[0]?.toString() ?? 'hold-refused';

const ledgerService = () => {
  const { directory, file, package: name, service } = LEDGER_PROTO;
  const definition = loadSync(file, {
    includeDirs: [fileURLToPath(directory)],
    longs: String,
    defaults: true,
  })[`${name}.${service}`];
  if (definition === undefined || 'format' in definition)
    throw new Error('The ledger contract has no service');
  return makeClientConstructor(definition, service);
};
