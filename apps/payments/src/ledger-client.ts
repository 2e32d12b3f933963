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
import {
  type BalanceReply,
  type CreateTransactionRequest,
  type GetBalanceRequest,
  LEDGER_PROTO,
  type LedgerCommandV1,
  type PostHoldRequest,
  type TransactionReply,
} from '@defter/ledger-contracts';
import type { Tenant } from '@defter/backoffice-contracts';
import type { WithShortage } from '@defter/payments-domain';
import { CONFIG, Fault, Lifecycle } from '@defter/platform';
import { effectOf } from './booking-effect.js';
import type { PaymentsConfig } from './config.js';
import { LedgerOpening } from './ledger-opening.js';
import { LedgerReader, mayStand, type StandingTransaction } from './ledger-reader.js';

/** What the ledger says to a hold. A refusal is sticky: the same key never places it later. */
export type HoldAnswer =
  { readonly placed: true } | ({ readonly placed: false; readonly code: string } & WithShortage);

/** What became of a booking. A refusal is as sticky as one of a hold. */
export type BookingAnswer =
  | {
      readonly booked: true;
      /** The ledger's event; null where what stands there was found by its name. */
      readonly sequence: string | null;
      readonly transactionId: string | number;
    }
  | { readonly booked: false; readonly code: string };

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
/**
 * With a code of the ledger: the command can never do anything as it is; of an end of a hold also because
 * there is no such hold, or it was ended. Without one, somebody between us and the ledger says it, and
 * nothing is known.
 */
const REFUSED: readonly status[] = [
  ...[status.FAILED_PRECONDITION, status.INVALID_ARGUMENT, status.NOT_FOUND, status.ALREADY_EXISTS],
];
/** Says nothing about the command: its ledger is missing. */
export const NO_OUTCOME = 'ledger-not-found';

/** The ledger over gRPC, for what payments has to know before it answers. */
@Injectable()
export class LedgerClient {
  private readonly client: Client;

  constructor(
    @Inject(CONFIG) private readonly config: PaymentsConfig,
    private readonly opening: LedgerOpening,
    private readonly reader: LedgerReader,
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
      const { error } = await this.ask(tenant.id, 'CreateTransaction', request);
      if (error === undefined) return { placed: true };
      if (isRefusal(error)) {
        const stands = await this.stands(tenant, codeOf(error), requestedBy(request));
        return stands === undefined
          ? { placed: false, code: codeOf(error), ...shortageOf(error) }
          : { placed: true };
      }
      if (!UNCLEAR.includes(error.code) && !REFUSED.includes(error.code))
        throw new Error(`The ledger refused to talk: ${error.message}`);
      if (attempt === ATTEMPTS)
        throw new Fault('ledger-away', `No clear answer: ${error.message}`, 1, { cause: error });
    }
  }

  /**
   * Asks what became of a command that went over Kafka under this key. One that the ledger decided before is
   * answered as then; one that never reached it is decided now.
   * @throws when the answer isn't known
   */
  async book(tenant: Tenant, key: string, command: LedgerCommandV1): Promise<BookingAnswer> {
    await this.opening.ensure(tenant);
    const { error, reply } = await this.ask(tenant.id, command.type, toRequest(key, command));
    if (reply !== undefined)
      return { booked: true, sequence: reply.sequence, transactionId: reply.transactionId };
    if (error === undefined || !isRefusal(error))
      throw new Fault('ledger-away', `No clear answer about ${key}: ${error?.message}`, 1, { cause: error });
    const stands = await this.stands(tenant, codeOf(error), command);
    if (stands === undefined) return { booked: false, code: codeOf(error) };
    return { booked: true, sequence: null, transactionId: stands.transactionId };
  }

  /**
   * What has our name in the ledger, where it refuses ours because key or name are used and it does exactly
   * what ours was to do: then it is booked. Of the end of a hold the ledger tells when it is ended again.
   */
  async stands(
    tenant: Tenant,
    code: string,
    command: LedgerCommandV1,
  ): Promise<StandingTransaction | undefined> {
    if (command.type !== 'CreateTransaction' || !mayStand(code)) return undefined;
    const found = await this.reader.byReference(tenant, command.reference ?? '');
    return found?.effect === effectOf(command, []) ? found : undefined;
  }

  /**
   * What an account may spend of an asset, as the ledger has it now.
   * @throws Fault `ledger-away` while it doesn't say
   */
  async available(tenant: Tenant, account: string, asset: string): Promise<bigint> {
    await this.opening.ensure(tenant);
    const request = { ledger: tenant.ledger, account, asset };
    const { error, reply } = await this.ask<BalanceReply>(tenant.id, 'GetBalance', request);
    if (reply !== undefined) return BigInt(reply.available);
    throw new Fault('ledger-away', `No balance of ${account}: ${error?.message}`, 1, { cause: error });
  }

  private ask<R = TransactionReply>(
    tenantId: string,
    method: LedgerCommandV1['type'] | 'GetBalance',
    request: Request | GetBalanceRequest,
  ): Promise<Asked<R>> {
    const call: unknown = Reflect.get(this.client, method);
    if (typeof call !== 'function') throw new Error(`The ledger contract has no ${method}`);
    const ask = call.bind(this.client) as UnaryCall<R>;
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${this.config.serviceToken}`);
    metadata.set('defter-tenant', tenantId);
    const deadline = Date.now() + this.config.ledgerTimeoutMs;
    return new Promise((resolve) => {
      ask(request, metadata, { deadline }, (error, reply) => resolve(error === null ? { reply } : { error }));
    });
  }
}

type Request = CreateTransactionRequest | PostHoldRequest;

interface Asked<R> {
  readonly error?: ServiceError;
  readonly reply?: R | undefined;
}

/** The same command as the message's: the ledger compares them by their content. */
const toRequest = (idempotencyKey: string, command: LedgerCommandV1): Request => {
  const { ledger } = command;
  if (command.type !== 'CreateTransaction') return { ledger, idempotencyKey, reference: command.reference };
  const { postings, reference = '', metadata = {}, status: state } = command;
  return { ledger, idempotencyKey, postings, reference, metadata, pending: state === 'pending' };
};

/** The command that a request for a hold makes. */
const requestedBy = ({
  ledger,
  postings,
  reference = '',
  pending,
}: CreateTransactionRequest): LedgerCommandV1 => ({
  ...{ type: 'CreateTransaction', ledger, postings, reference },
  ...(pending === true ? { status: 'pending' } : {}),
});

type UnaryCall<R> = (
  request: Request | GetBalanceRequest,
  metadata: Metadata,
  options: { readonly deadline: number },
  callback: (error: ServiceError | null, reply?: R) => void,
) => void;

const isRefusal = (error: ServiceError): boolean =>
  REFUSED.includes(error.code) && codeOf(error) !== '' && codeOf(error) !== NO_OUTCOME;

const codeOf = (error: ServiceError): string => error.metadata.get('defter-code')[0]?.toString() ?? '';

const amount = /^-?\d{1,100}$/;

/** Who lacks what, where the ledger says so; one of before doesn't. */
const shortageOf = ({ metadata }: ServiceError): WithShortage => {
  const said = (name: string): string => metadata.get(`defter-${name}`)[0]?.toString() ?? '';
  const [account, needed, available] = [said('account'), said('needed'), said('available')];
  if (account === '' || !amount.test(needed) || !amount.test(available)) return {};
  return { shortage: { account, neededMinor: BigInt(needed), availableMinor: BigInt(available) } };
};

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
